use super::*;
use crate::learning::data::{Targets, Task};
use ndarray::array;
use std::io::{Cursor, Write};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// As `numpy.save` writes it.
fn npy(dtype: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let mut header =
        format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(data);
    bytes
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

fn npz(arrays: &[(&str, Vec<u8>)], method: CompressionMethod) -> Cursor<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        let options = SimpleFileOptions::default().compression_method(method).large_file(true);
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap()
}

fn says(result: Result<Table>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn arrays_of_every_type_and_layout() {
    let wanted = array![[1.0, 0.0, 2.0], [5.0, 3.0, 4.0]];
    let (rows, columns) = ([1u8, 0, 2, 5, 3, 4], [1u8, 5, 0, 3, 2, 4]);
    type Number = fn(u8) -> Vec<u8>;
    let kinds: [(&str, Number); 7] = [
        ("|u1", |x| vec![x]),
        ("|i1", |x| vec![x]),
        ("<i8", |x| i64::from(x).to_le_bytes().to_vec()),
        (">i4", |x| i32::from(x).to_be_bytes().to_vec()),
        ("<f8", |x| f64::from(x).to_le_bytes().to_vec()),
        (">f8", |x| f64::from(x).to_be_bytes().to_vec()),
        ("<f4", |x| f32::from(x).to_le_bytes().to_vec()),
    ];
    for (dtype, number) in kinds {
        for (fortran, data) in [(false, &rows), (true, &columns)] {
            let data: Vec<u8> = data.iter().flat_map(|x| number(*x)).collect();
            let table = parse_npy(&npy(dtype, fortran, "(2, 3)", &data)[..]).unwrap();
            assert_eq!(table.column_names(), ["x0", "x1", "x2"]);
            assert_eq!(table.features(table.column_names()).unwrap(), wanted, "{dtype} {fortran}");
        }
    }
    let data = doubles(&[0.5, 1.0, -2.0, 0.0]);
    let table = parse_npy(&npy("<f8", false, "(2, 2)", &data)[..]).unwrap();
    // Whole numbers are classes, however they are stored.
    assert_eq!(table.data_set("-1", None, None).unwrap().task(), Task::Classification);
    assert_eq!(table.data_set("x0", None, None).unwrap().task(), Task::Regression);
}

#[test]
fn archives_have_features_and_targets() {
    let features = npy("<f8", false, "(3, 2)", &doubles(&[0.5, 1.0, 1.5, 2.0, 2.5, 3.0]));
    let texts: Vec<u8> = ["ab", "c\0", "ab"]
        .iter()
        .flat_map(|text| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<_>>())
        .collect();
    let labels = npy("<U2", false, "(3,)", &texts);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let arrays =
            [("other.npy", vec![1]), ("y.npy", labels.clone()), ("X.npy", features.clone())];
        let table = parse_npz(npz(&arrays, method)).unwrap();
        assert_eq!((table.target_name(), table.num_rows()), (Some("y"), 3));
        let data = table.data_set("y", None, None).unwrap();
        assert_eq!(data.features(), array![[0.5, 1.0], [1.5, 2.0], [2.5, 3.0]]);
        let names = vec!["ab".to_string(), "c".to_string()];
        assert_eq!(*data.targets(), Targets::Classes { labels: vec![0, 1, 0], names });
        // The features are those of the array alone.
        let named = ["a".to_string(), "b".to_string()];
        assert_eq!(table.features(&named).unwrap(), data.features());
        let targets = table.targets("y", &named, Some(data.class_names())).unwrap();
        assert_eq!(targets.as_ref(), Some(data.targets()));
    }
    let values = npy("<f8", false, "(3, 1)", &doubles(&[0.1, 0.2, 0.3]));
    let arrays = [("features.npy", features.clone()), ("target.npy", values)];
    let table = parse_npz(npz(&arrays, CompressionMethod::Stored)).unwrap();
    let data = table.data_set("target", None, None).unwrap();
    assert_eq!(*data.targets(), Targets::Values(vec![0.1, 0.2, 0.3]));
    let alone = parse_npz(npz(&[("x.npy", features)], CompressionMethod::Deflated)).unwrap();
    assert_eq!((alone.target_name(), alone.column_names().len()), (None, 2));
}

#[test]
fn refusals() {
    let npy_says = |dtype: &str, shape: &str, data: &[u8]| {
        says(parse_npy(&npy(dtype, false, shape, data)[..]))
    };
    assert!(
        npy_says("<c16", "(1, 1)", &[0; 16]).contains("dtype of the .npy array is `<c16`; data")
    );
    assert!(npy_says("|O", "(1, 1)", &[0; 8]).contains("is `|O`;"));
    assert!(npy_says("<U0", "(1, 1)", &[]).contains("is `<U0`;"));
    assert!(
        npy_says("<f8", "(3,)", &[0; 24]).contains("shape of the .npy array is (3,); features")
    );
    assert!(npy_says("<f8", "(0, 3)", &[]).contains("is (0, 3);"));
    assert!(
        npy_says("<f8", "(1, 3)", &[0; 23]).contains("is 23; its header promises 24 for 1 × 3")
    );
    assert!(npy_says("<f8", "(1, 3)", &[0; 25]).contains("is more than 24;"));
    assert!(npy_says("<f8", "(9999999999999, 999999)", &[]).contains("give fewer rows"));
    assert!(
        npy_says("<U1", "(1, 1)", &[0xff; 4]).contains("row 0 (from 0) of the .npy array is not")
    );
    let bytes = npy("<f8", false, "(2, 2)", &doubles(&[1.0, 2.0, f64::NAN, f64::INFINITY]));
    let table = parse_npy(&bytes[..]).unwrap();
    let text = table.data_set("x1", None, Some(Task::Regression)).unwrap_err().to_string();
    assert!(text.contains("row 1 (from 0), column `x1` is inf;"), "{text}");
    let text = table.features(table.column_names()).unwrap_err().to_string();
    assert!(text.contains("row 1 (from 0), column `x0` is `NaN`, a missing value;"), "{text}");

    let features = npy("<f8", false, "(2, 1)", &doubles(&[1.0, 2.0]));
    let stored =
        |arrays: &[(&str, Vec<u8>)]| says(parse_npz(npz(arrays, CompressionMethod::Stored)));
    let none = stored(&[("a.npy", features.clone()), ("b.txt", vec![])]);
    assert!(
        none.contains("what the NPZ archive has is a; the features are an array named X"),
        "{none}"
    );
    assert!(stored(&[]).contains("has is no array;"));
    let short =
        stored(&[("X.npy", features.clone()), ("y.npy", npy("|i1", false, "(3,)", &[0; 3]))]);
    assert!(short.contains("the length of the array `y` is 3; there are 2 rows"), "{short}");
    let cut = npz(&[("X.npy", features)], CompressionMethod::Deflated).into_inner();
    assert!(parse_npz(Cursor::new(&cut[..cut.len() - 30])).is_err());
    for at in 0..cut.len() {
        let mut broken = cut.clone();
        broken[at] ^= 0x55;
        let _ = parse_npz(Cursor::new(broken));
    }
}

/// `numpy.savez_compressed(file, X=numpy.array([[0.5, -1], [1.5, 2]]), y=numpy.array(["no", "ja"]))`
/// of NumPy 2.4.6.
const NUMPY: &str = "\
    504b03042d00000008000000210012b8f4c9ffffffffffffffff05001400582e6e707901001000a0000000 \
    0000000055000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9366a1aea3a09e965f \
    54529498179f5f94920a12774bcc294e058a17672416a402f91a463a0a469a3a0ab50a64032e063078600f \
    a13fec87d03fa07c060700504b03042d0000000800000021000d00ad3bffffffffffffffff05001400792e \
    6e707901001000900000000000000050000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5 \
    a06e136aa4aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a9a3a0ab5 \
    0a1400ae3c0606867c20ce02e244200600504b01022d032d00000008000000210012b8f4c955000000a000 \
    0000050000000000000000000000800100000000582e6e7079504b01022d032d0000000800000021000d00 \
    ad3b500000009000000005000000000000000000000080018c000000792e6e7079504b0506000000000200 \
    020066000000130100000000";

#[test]
fn an_archive_of_numpy_itself() {
    let digits: String = NUMPY.split_whitespace().collect();
    let bytes: Vec<u8> = (0..digits.len())
        .step_by(2)
        .map(|k| u8::from_str_radix(&digits[k..k + 2], 16).unwrap())
        .collect();
    let table = parse_npz(Cursor::new(bytes)).unwrap();
    let data = table.data_set("y", None, None).unwrap();
    assert_eq!(data.features(), array![[0.5, -1.0], [1.5, 2.0]]);
    let names = vec!["ja".to_string(), "no".to_string()];
    assert_eq!(*data.targets(), Targets::Classes { labels: vec![1, 0], names });
}

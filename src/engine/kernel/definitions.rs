//! A test: every operation of a register and of an octet does what its definition says, lane by
//! lane, under every instruction set, and in the arrays of targets that have none here.

use super::isa::instantiate;
use super::octet::Octet;
use super::portable::Array;
use super::vector::Vector;
use super::{Isa, Real};
use num_complex::Complex;

/// Small integers, so that nothing rounds and a fused operation gives what two give.
fn integers<T: Real>(seed: usize) -> [Complex<T>; 8] {
    let integer = |k: usize| T::from_f64(((seed + k) * 37 % 23) as f64 - 11.0);
    std::array::from_fn(|i| Complex { re: integer(2 * i), im: integer(2 * i + 1) })
}

unsafe fn check<V: Vector>(register: V, want: impl Fn(usize) -> Complex<V::Real>, what: &str) {
    let mut found = integers(5);
    register.store(found.as_mut_ptr());
    let untouched = integers(5);
    for lane in 0..8 {
        let want = if lane < 1 << V::LOG { want(lane) } else { untouched[lane] };
        assert!(found[lane] == want, "{what}, lane {lane}: {:?} and not {want:?}", found[lane]);
    }
}

unsafe fn check_octet<O: Octet>(octet: O, want: impl Fn(usize) -> f64, what: &str) {
    let mut found = [0.0; 8];
    octet.store(found.as_mut_ptr());
    assert_eq!(found, std::array::from_fn(want), "{what}");
}

unsafe fn registers<V: Vector>() {
    let [x, y, z]: [[Complex<V::Real>; 8]; 3] = [integers(0), integers(7), integers(13)];
    let [a, b, c] = [&x, &y, &z].map(|numbers| V::load(numbers.as_ptr()));
    let parts = |i: usize, of: &dyn Fn(V::Real, V::Real, V::Real) -> V::Real| Complex {
        re: of(x[i].re, y[i].re, z[i].re),
        im: of(x[i].im, y[i].im, z[i].im),
    };
    let three = V::Real::from_f64(3.0);
    check(a, |i| x[i], "load");
    check(V::splat(three), |_| Complex { re: three, im: three }, "splat");
    check(V::splat_signed(three), |_| Complex { re: -three, im: three }, "splat_signed");
    check(a.add(b), |i| parts(i, &|a, b, _| a + b), "add");
    check(a.mul(b), |i| parts(i, &|a, b, _| a * b), "mul");
    check(a.mul_add(b, c), |i| parts(i, &|a, b, c| a * b + c), "mul_add");
    check(a.mul_sub(b, c), |i| parts(i, &|a, b, c| a * b - c), "mul_sub");
    check(a.swap_parts(), |i| Complex { re: x[i].im, im: x[i].re }, "swap_parts");
    for xor in 0..1 << V::LOG {
        check(a.permute(V::shuffle(xor)), |i| x[i ^ xor], "permute");
    }
    for lanes in 0..1u32 << (1 << V::LOG) {
        let chosen = |i: usize| if lanes >> i & 1 == 1 { y[i] } else { x[i] };
        check(V::blend(lanes, a, b), chosen, "blend");
    }
}

unsafe fn octets<V: Vector>() {
    let numbers = integers::<V::Real>(3);
    let [re, im] = V::split(numbers.as_ptr());
    let parts = numbers.map(|a| (a.re.to_f64(), a.im.to_f64()));
    let (x, y, z) = (parts.map(|a| a.0), parts.map(|a| a.1), integers::<f64>(11).map(|a| a.re));
    let c = V::Octet::load(z.as_ptr());
    check_octet(re, |i| x[i], "split");
    check_octet(im, |i| y[i], "split");
    check_octet(c, |i| z[i], "load");
    check_octet(V::Octet::splat(3.0), |_| 3.0, "splat");
    check_octet(re.add(im), |i| x[i] + y[i], "add");
    check_octet(re.sub(im), |i| x[i] - y[i], "sub");
    check_octet(re.mul(im), |i| x[i] * y[i], "mul");
    check_octet(re.mul_add(im, c), |i| x[i] * y[i] + z[i], "mul_add");
    check_octet(re.mul_sub_from(im, c), |i| z[i] - x[i] * y[i], "mul_sub_from");
    check_octet(re.max(im), |i| x[i].max(y[i]), "max");
    for xor in 0..8usize {
        check_octet(re.permute(V::Octet::shuffle(xor)), |i| x[i ^ xor], "permute");
        let sign = |i: usize| if (i & xor).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
        check_octet(V::Octet::signs(xor), sign, "signs");
    }
    assert_eq!(re.sum(), x.iter().sum::<f64>());
}

unsafe fn all_of<V: Vector>() {
    registers::<V>();
    octets::<V>();
}

instantiate! { all = all_of() }

#[test]
fn registers_do_what_is_defined() {
    for &isa in Isa::available() {
        all::<f64>(isa);
        all::<f32>(isa);
    }
    // SAFETY: arrays need no instruction set.
    unsafe {
        all_of::<Array<f64>>();
        all_of::<Array<f32>>();
    }
}

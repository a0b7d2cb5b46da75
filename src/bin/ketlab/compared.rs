//! Two documents compared to the bit.

use serde_json::Value;

/// How many numbers were compared, and what differs.
#[derive(Default)]
pub struct Compared {
    pub numbers: usize,
    pub differences: Vec<String>,
}

/// Differences that are shown.
const MOST_SHOWN: usize = 10;

impl Compared {
    /// Compares what is at a path, but for keys with these names.
    pub fn compare(&mut self, path: &str, before: &Value, after: &Value, without: &[&str]) {
        match (before, after) {
            (Value::Object(a), Value::Object(b)) => {
                for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                    if without.contains(&key.as_str()) {
                        continue;
                    }
                    let of = |map: &serde_json::Map<String, Value>| map.get(key).cloned();
                    let (a, b) = (of(a).unwrap_or_default(), of(b).unwrap_or_default());
                    self.compare(&format!("{path}.{key}"), &a, &b, without);
                }
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                for (k, (a, b)) in a.iter().zip(b).enumerate() {
                    self.compare(&format!("{path}[{k}]"), a, b, without);
                }
            }
            _ => {
                self.numbers += usize::from(after.is_number());
                // As text: 0 and -0 are other bits.
                let (then, now) = (before.to_string(), after.to_string());
                if then != now {
                    self.differences.push(format!("{path}: {then} then, {now} now"));
                }
            }
        }
    }
}

/// Differences, a line each, those beyond ten as their number.
pub fn lines(differences: &[String]) -> Vec<String> {
    let mut lines: Vec<String> =
        differences.iter().take(MOST_SHOWN).map(|line| format!("  {line}")).collect();
    if differences.len() > MOST_SHOWN {
        lines.push(format!("  and {} more", differences.len() - MOST_SHOWN));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_named() {
        let mut compared = Compared::default();
        let before = json!({"a": [1.5, 2.0], "b": "x", "c": null, "seconds": 1.0});
        compared.compare("r", &before, &before, &[]);
        assert_eq!((compared.numbers, compared.differences.len()), (3, 0));
        let after = json!({"a": [1.5, 2.0000000000000004], "b": "x", "d": 1, "seconds": 2.0});
        compared.compare("r", &before, &after, &["seconds"]);
        let says = ["r.a[1]: 2.0 then, 2.0000000000000004 now", "r.d: null then, 1 now"];
        assert_eq!(compared.differences, says);
    }
}

//! JSON as it comes, where serde reads it otherwise than others do: lists in the place of objects,
//! and whole numbers that are written with a point.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Whether a list stands in this JSON where `made`, which was read from it, has an object: serde
/// takes the fields of a type in their order too.
pub(crate) fn has_list_for_object<T: Serialize>(json: &[u8], made: &T) -> bool {
    if !may_stand_for_object(json) {
        return false;
    }
    let sent = serde_json::from_slice(json);
    let made = serde_json::to_value(made);
    matches!((sent, made), (Ok(sent), Ok(made)) if differs(&sent, &made))
}

/// Whether there is a list that is not one of objects: seldom, and only then all is compared.
fn may_stand_for_object(json: &[u8]) -> bool {
    let mut bytes = json.iter().filter(|byte| !byte.is_ascii_whitespace());
    let (mut in_list, mut first) = (false, true);
    bytes.any(|byte| {
        let list = *byte == b'[';
        let suspect = list && first || in_list && !matches!(byte, b'{' | b']');
        (in_list, first) = (list, false);
        suspect
    })
}

fn differs(sent: &Value, made: &Value) -> bool {
    match (sent, made) {
        (Value::Array(_), Value::Object(_)) => true,
        (Value::Array(sent), Value::Array(made)) => sent
            .iter()
            .zip(made)
            .any(|(sent, made)| differs(sent, made)),
        (Value::Object(sent), Value::Object(made)) => sent
            .iter()
            .any(|(name, sent)| made.get(name).is_some_and(|made| differs(sent, made))),
        _ => false,
    }
}

/// Reads JSON in which whole numbers are written with a point, as in `2.0`: to JSON they are the
/// same, and some clients know no others. `None` when that is not what is wrong with it.
pub(crate) fn with_whole_numbers<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let mut value: Value = serde_json::from_slice(json).ok()?;
    if !make_whole(&mut value) {
        return None;
    }
    serde_json::from_value(value).ok()
}

fn make_whole(value: &mut Value) -> bool {
    /// Above this not every whole number has a float of its own.
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) if number.is_f64() => {
            let Some(float) = number.as_f64() else {
                return false;
            };
            let whole = float.fract() == 0.0 && float.abs() <= EXACT_MAX;
            if whole {
                *value = Value::from(float as i64);
            }
            whole
        }
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |changed, item| make_whole(item) | changed),
        Value::Object(fields) => fields
            .values_mut()
            .fold(false, |changed, item| make_whole(item) | changed),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(default)]
        inner: Vec<Inner>,
        #[serde(default)]
        words: Vec<String>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        count: i32,
    }

    fn is_wrong(json: &str) -> bool {
        let made: Outer = serde_json::from_str(json).expect("serde takes it");
        has_list_for_object(json.as_bytes(), &made)
    }

    #[test]
    fn lists_do_not_stand_for_objects() {
        for good in [
            r#"{"inner": [{"count": 1}, {"count": 2}], "words": []}"#,
            r#"{"words": ["[1]", "b"], "inner": []}"#,
            "{}",
        ] {
            assert!(!is_wrong(good), "{good}");
        }
        for bad in [
            r#"[[{"count": 1}], []]"#,
            r#"{"inner": [[1]]}"#,
            r#"{"words": ["a"], "inner": [ [ 1 ] ]}"#,
            "[]",
        ] {
            assert!(is_wrong(bad), "{bad}");
        }
    }

    #[test]
    fn a_whole_number_may_have_a_point() {
        let read = |json: &str| with_whole_numbers::<Inner>(json.as_bytes());
        assert_eq!(read(r#"{"count": 2.0}"#), Some(Inner { count: 2 }));
        assert_eq!(read(r#"{"count": -1e2}"#), Some(Inner { count: -100 }));
        assert_eq!(read(r#"{"count": 2.5}"#), None);
        assert_eq!(read(r#"{"count": 1e300}"#), None);
    }
}

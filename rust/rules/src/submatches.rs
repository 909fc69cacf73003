//! Parts of a resource id in names of node attributes.

use std::borrow::Cow;

use pcmk_base::Text;

/// The source with each `%N` (one digit) replaced by submatch N, the whole match being 0. A submatch that is
/// absent is empty. Without any submatches, or for an empty match, the source stays as it is.
pub fn replace_submatches<'s>(source: &'s str, submatches: &[Text]) -> Cow<'s, str> {
    if submatches.first().is_none_or(|whole| whole.is_empty()) || !source.contains('%') {
        return Cow::Borrowed(source);
    }
    let mut made = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find('%') {
        let (before, from_percent) = rest.split_at(at);
        made += before;
        match from_percent.as_bytes().get(1) {
            Some(digit @ b'0'..=b'9') => {
                made += submatches
                    .get(usize::from(digit - b'0'))
                    .map_or("", |text| text);
                rest = &from_percent[2..];
            }
            _ => {
                made.push('%');
                rest = &from_percent[1..];
            }
        }
    }
    made += rest;
    Cow::Owned(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn percent_and_a_digit_are_replaced() {
        let submatches: Vec<Text> = ["this is a string", "is", ""].map(Text::from).to_vec();
        for (source, made) in [
            ("%0", "this is a string"),
            ("this %1", "this is"),
            ("%1 this %ok", "is this %ok"),
            ("submatch %2", "submatch "),
            ("submatch %3", "submatch "),
            ("%%1", "%is"),
            ("ends in a %", "ends in a %"),
            ("%this starts", "%this starts"),
            ("", ""),
        ] {
            assert_eq!(replace_submatches(source, &submatches), made);
        }
        assert_eq!(replace_submatches("%1", &[]), "%1");
    }

    proptest! {
        #[test]
        fn any_source_can_be_expanded(source: String, near in "[%0-9é]{0,12}", submatches: Vec<String>) {
            let submatches: Vec<Text> = submatches.into_iter().map(Text::from).collect();
            let _ = (replace_submatches(&source, &submatches), replace_submatches(&near, &submatches));
        }
    }
}

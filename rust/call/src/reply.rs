//! The status at the end of an answer.

use http::HeaderMap;

use crate::Status;

/// Why a call failed, by the trailers of its answer; nothing if it did not. Binary metadata of the key `details` is
/// decoded.
pub(crate) fn status(trailers: &HeaderMap, details: &str) -> Option<Status> {
    let text = |key: &str| trailers.get(key).map(http::HeaderValue::as_bytes);
    let code = match text("grpc-status").map(|code| std::str::from_utf8(code).ok()?.parse().ok()) {
        Some(Some(0)) => return None,
        Some(Some(code)) => code,
        _ => return Some(Status::new(Status::INTERNAL, "an answer without a status")),
    };
    Some(Status {
        code,
        message: String::from_utf8_lossy(&unescaped(text("grpc-message").unwrap_or_default()))
            .into_owned(),
        details: text(details).and_then(decoded).unwrap_or_default(),
    })
}

/// Text in which unusual bytes stand as `%` and two digits. What is no such escape stands for itself.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| tail.first_chunk::<2>())
            .flatten()
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    bytes
}

/// Base64, with its padding or without.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    let end = text
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |last| last + 1);
    for byte in &text[..end] {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{decoded, status, unescaped};
    use crate::Status;

    fn trailers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(key, value)| {
                (
                    key.parse().expect("a name"),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn a_call_that_went_well_has_no_status() {
        assert_eq!(
            status(
                &trailers(&[("grpc-status", "0"), ("grpc-message", "")]),
                "x-bin"
            ),
            None
        );
    }

    #[test]
    fn a_failure_comes_with_its_words_and_details() {
        let found = status(
            &trailers(&[
                ("grpc-status", "5"),
                ("grpc-message", "no%C3%BC 1%"),
                ("x-bin", "CGkSAQ"),
            ]),
            "x-bin",
        );
        let expected = Status {
            code: 5,
            message: "noü 1%".to_owned(),
            details: vec![8, 105, 18, 1],
        };
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn an_answer_without_a_status_is_none() {
        for pairs in [&[][..], &[("grpc-status", "much")]] {
            assert_eq!(
                status(&trailers(pairs), "x-bin").map(|status| status.code),
                Some(Status::INTERNAL)
            );
        }
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(unescaped(b"a%20b%"), b"a b%");
        assert_eq!(unescaped(b"%zz%4"), b"%zz%4");
    }

    #[test]
    fn base64_is_read_with_and_without_padding() {
        assert_eq!(decoded(b"TWE="), Some(b"Ma".to_vec()));
        assert_eq!(decoded(b"TWE"), Some(b"Ma".to_vec()));
        assert_eq!(decoded(b"TWFu+/8="), Some(vec![77, 97, 110, 251, 255]));
        assert_eq!(decoded(b""), Some(vec![]));
        assert_eq!(decoded(b"T-"), None);
    }
}

//! Entities: the five of XML, and references to characters by number. No others exist here.

use std::borrow::Cow;
use std::fmt::Write;

/// The value of an attribute as written between its quotes: references resolved, and a line break or tab
/// that stands there unescaped read as a blank (XML 1.0, 3.3.3). The error names what is wrong.
pub(crate) fn attribute_value(raw: &str) -> Result<Cow<'_, str>, String> {
    let special = |byte: u8| matches!(byte, b'&' | b'<') || byte < b' ';
    if !raw.bytes().any(special) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.bytes().position(special) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match rest.as_bytes()[0] {
            b'&' => {
                let end = rest.find(';').ok_or("an '&' that starts no reference")?;
                out.push(reference(&rest[1..end])?);
                rest = &rest[end + 1..];
            }
            b'<' => return Err("'<' in an attribute value".into()),
            b'\t' | b'\n' | b'\r' => {
                out.push(' ');
                rest = rest.strip_prefix("\r\n").unwrap_or_else(|| &rest[1..]);
            }
            other => return Err(format!("the control character {other:#04x}")),
        }
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}

/// Text between tags, where references come apart from it: line ends made uniform, control characters refused.
pub(crate) fn plain_text(raw: &str) -> Result<Cow<'_, str>, String> {
    if let Some(byte) = raw
        .bytes()
        .find(|byte| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r'))
    {
        return Err(format!("the control character {byte:#04x}"));
    }
    if !raw.contains('\r') {
        return Ok(Cow::Borrowed(raw));
    }
    Ok(Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n")))
}

/// The character that a reference (without `&` and `;`) stands for.
pub(crate) fn reference(name: &str) -> Result<char, String> {
    match name {
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "amp" => return Ok('&'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => {}
    }
    let shown: String = name.chars().take(20).collect();
    let Some(number) = name.strip_prefix('#') else {
        return Err(format!("the entity '&{shown};', which is not defined"));
    };
    let (digits, radix) = match number.strip_prefix('x') {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    Some(digits)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .and_then(|digits| u32::from_str_radix(digits, radix).ok())
        .and_then(char::from_u32)
        .filter(|c| is_xml_char(*c))
        .ok_or_else(|| format!("the reference '&{shown};', which is no XML character"))
}

/// Whether a character may occur in a document (XML 1.0, 2.2).
pub(crate) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Appends an attribute value with everything escaped that could not be read back from between quotes.
/// Control characters are written as hexadecimal references of two digits, as Pacemaker's digests
/// expect them.
pub(crate) fn push_attribute(out: &mut String, value: &str) {
    push_escaped(out, value, |byte| {
        matches!(byte, b'<' | b'>' | b'&' | b'"') || byte.is_ascii_control()
    });
}

/// Appends text with markup escaped; line ends and tabs stay as they are.
pub(crate) fn push_text(out: &mut String, text: &str) {
    push_escaped(out, text, |byte| {
        matches!(byte, b'<' | b'>' | b'&')
            || (byte.is_ascii_control() && !matches!(byte, b'\n' | b'\t'))
    });
}

fn push_escaped(out: &mut String, text: &str, special: impl Fn(u8) -> bool) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(&special) {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'<' => out.push_str("&lt;"),
            b'>' => out.push_str("&gt;"),
            b'&' => out.push_str("&amp;"),
            b'"' => out.push_str("&quot;"),
            control => write!(out, "&#x{control:02X};").expect("a string takes all writes"),
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

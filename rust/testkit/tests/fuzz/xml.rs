//! Documents and XPath expressions.

use pcmk_testkit::mutate::{damaged, damages};
use pcmk_testkit::run::fuzz;
use pcmk_testkit::sketch::SKETCHES;
use pcmk_xml::xpath::XPath;
use pcmk_xml::{get_at, parse, parse_str, write, write_pretty};
use proptest::prelude::*;

const PIECES: &[&str] = &[
    "<",
    ">",
    "/>",
    "</",
    "<a>",
    "</a>",
    "<a/>",
    "<!--",
    "-->",
    "--",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<?xml version='1.0'?>",
    "<!DOCTYPE a [<!ENTITY l 'l'>]>",
    "&l;",
    "&amp;",
    "&#0;",
    "&#x10FFFF;",
    "&#xD800;",
    "&#99999999999;",
    "&",
    ";",
    "=",
    "\"",
    "'",
    " x='1' x='2'",
    "\0",
    "\u{FEFF}",
    "\u{FFFE}",
    "\u{E000}",
    "\r\n",
    "\t",
    "<a xmlns:b='c' b:d='e'>",
    "<a b>",
    "<a b=c>",
    "<a 'b'='c'>",
    "<\u{e9} \u{1F600}=''/>",
];

fn piece_of_a_sketch() -> impl Strategy<Value = &'static str> {
    (0..SKETCHES.len(), any::<(u16, u16)>()).prop_map(|(sketch, (from, length))| {
        let text = SKETCHES[sketch].1;
        let from = usize::from(from) % text.len();
        &text[from..(from + usize::from(length) % 400).min(text.len())]
    })
}

#[test]
fn documents() {
    let text = prop_oneof![
        piece_of_a_sketch().prop_map(|piece| format!("<cib>{piece}</cib>")),
        prop::sample::select(&SKETCHES[..]).prop_map(|(_, text)| text.to_owned()),
        prop::collection::vec(prop::sample::select(PIECES), 0..12)
            .prop_map(|pieces| pieces.concat()),
    ];
    fuzz("documents", 1_500, (text, damages(6)), |(text, damages)| {
        let bytes = damaged(text.as_bytes(), &damages, PIECES);
        if let Ok(read) = parse(&bytes) {
            prop_assert_eq!(&parse_str(&write(&read)).expect("what was written"), &read);
            prop_assert_eq!(
                &parse_str(&write_pretty(&read)).expect("what was written"),
                &read
            );
        }
        Ok(())
    });
}

const STEPS: &[&str] = &[
    "/",
    "//",
    "cib",
    "*",
    ".",
    "..",
    "@",
    "@id",
    "@*",
    "node()",
    "primitive",
    "//primitive",
    "nvpair",
    "//*",
    "[",
    "]",
    "(",
    ")",
    "|",
    " and ",
    " or ",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    "+",
    "-",
    "1",
    "0",
    "99999999999999999999",
    ".5",
    "1.5.5",
    "'a'",
    "\"b\"",
    "'",
    "not(",
    "count(",
    "last()",
    "position()",
    "contains(",
    "starts-with(",
    "concat(",
    "string()",
    "string-length()",
    "normalize-space()",
    "number()",
    "boolean(",
    "name()",
    "local-name()",
    "true()",
    "false()",
    ",",
    "ancestor::",
    "ancestor-or-self::",
    "descendant::",
    "descendant-or-self::",
    "parent::",
    "self::",
    "child::",
    "following-sibling::",
    "preceding-sibling::",
    "attribute::",
    "following::",
    "\u{e9}",
    ":",
    "::",
    "$x",
    " ",
    "[@id='a']",
    "[1]",
    "[last()]",
    "//*[@id]",
];

#[test]
fn expressions() {
    let root = parse_str(SKETCHES[0].1).expect("a sketch");
    let text = prop::collection::vec(prop::sample::select(STEPS), 0..12);
    fuzz("expressions", 3_000, text, |steps| {
        let Ok(xpath) = XPath::parse(&steps.concat()) else {
            return Ok(());
        };
        let mut visits = pcmk_base::Budget::new(200_000);
        for path in xpath.select_within(&root, &mut visits).unwrap_or_default() {
            prop_assert!(get_at(&root, &path).is_some());
        }
        Ok(())
    });
}

//! Reading and writing: what is accepted, what is refused and where, and the round trip.

use std::sync::Arc;

use pcmk_xml::{Element, MAX_ATTRIBUTES, MAX_DEPTH, Node, parse, parse_str, write, write_pretty};
use proptest::prelude::*;

fn refused(text: &str) -> (usize, String) {
    let error = parse_str(text).expect_err(text);
    (error.line, error.reason)
}

#[test]
fn reads_elements_attributes_and_text() {
    let root = parse(b"<?xml version='1.0' encoding='UTF-8'?>\n<!-- c --><a x='1' y=\"two\">\n <b id='b1'/>t<c>x &lt; &#65;<![CDATA[<&]]></c><b id='b2'/>\n</a>\n").unwrap();
    assert_eq!(root.name(), "a");
    assert_eq!(root.attrs().collect::<Vec<_>>(), [("x", "1"), ("y", "two")]);
    assert_eq!(root.attr("z"), None);
    assert_eq!(
        root.children_named("b")
            .filter_map(|b| b.id())
            .collect::<Vec<_>>(),
        ["b1", "b2"]
    );
    assert_eq!(root.child("c").unwrap().text(), "x < A<&");
    assert_eq!(
        root.descendants().map(|e| e.name()).collect::<Vec<_>>(),
        ["b", "c", "b"]
    );
    assert_eq!(root.depth(), 2);
}

#[test]
fn attribute_values_are_normalized_and_escaped() {
    let root = parse(b"<a v='1\r\n2\t3&#10;4&#x9;5&quot;&apos;&lt;&gt;&amp;'/>").unwrap();
    assert_eq!(root.attr("v"), Some("1 2 3\n4\t5\"'<>&"));
    assert_eq!(
        write(&root),
        "<a v=\"1 2 3&#x0A;4&#x09;5&quot;'&lt;&gt;&amp;\"/>"
    );
}

#[test]
fn pretty_output_indents_by_two() {
    let root = parse(b"<a><b><c d='1'/></b><e>text</e></a>").unwrap();
    assert_eq!(
        write_pretty(&root),
        "<a>\n  <b>\n    <c d=\"1\"/>\n  </b>\n  <e>text</e>\n</a>\n"
    );
    assert_eq!(write(&root), "<a><b><c d=\"1\"/></b><e>text</e></a>");
}

#[test]
fn refusals_name_line_and_reason() {
    assert_eq!(
        refused("<a>\n<b x='1' x='2'/></a>"),
        (2, "the attribute 'x' is there twice".into())
    );
    assert!(refused("<a>\n&foo;</a>").1.contains("&foo;"));
    assert!(refused("<a x='&#0;'/>").1.contains("no XML character"));
    assert!(refused("<a x='<'/>").1.contains('<'));
    assert!(refused("<a/>\n<b/>").1.contains("after the end"));
    assert!(refused("<a/>x").1.contains("outside"));
    assert!(refused("<1a/>").1.contains("not a name"));
    assert!(refused("").1.contains("no element"));
    assert_eq!(refused("<a>\n<b>").1, "the element 'b' is not closed");
    assert_eq!(refused("<a>\n\n</b>").0, 3);
    assert!(
        refused("<?xml version='1.0' encoding='latin1'?><a/>")
            .1
            .contains("latin1")
    );
    let error = parse(b"<a>\n \xff</a>").unwrap_err();
    assert_eq!(
        (error.line, error.column, error.reason.as_str()),
        (2, 2, "invalid UTF-8")
    );
}

#[test]
fn entity_bombs_are_refused_before_they_expand() {
    let bomb = "<!DOCTYPE a [<!ENTITY l 'lol'><!ENTITY m '&l;&l;'>]>\n<a>&m;</a>";
    assert!(refused(bomb).1.contains("DTD"));
    assert!(
        refused("<!DOCTYPE a [<!ENTITY % p SYSTEM 'p.dtd'>%p;]><a/>")
            .1
            .contains("DTD")
    );
}

#[test]
fn the_dtd_that_a_document_names_is_not_read() {
    let named = "<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM \"a.dtd\">\n<a x='1'/>";
    assert_eq!(parse_str(named).unwrap(), parse_str("<a x='1'/>").unwrap());
    let extended = "<!DOCTYPE a SYSTEM \"a.dtd\" [\n  <!ATTLIST a y (0|1) \"0\">\n]>\n<a x='1'/>";
    assert_eq!(
        parse_str(extended).unwrap(),
        parse_str("<a x='1'/>").unwrap()
    );
    assert!(
        refused("<!DOCTYPE a SYSTEM 'a.dtd'><a>&b;</a>")
            .1
            .contains("&b;")
    );
    assert!(
        refused("<!DOCTYPE a><!DOCTYPE a><a/>")
            .1
            .contains("not before")
    );
    assert!(refused("<a><!DOCTYPE a></a>").1.contains("not before"));
    assert!(refused("<a/><!DOCTYPE a>").1.contains("not before"));
}

#[test]
fn depth_and_attribute_counts_are_bounded() {
    let nested = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
    assert_eq!(parse_str(&nested(MAX_DEPTH)).unwrap().depth(), MAX_DEPTH);
    assert!(refused(&nested(MAX_DEPTH + 1)).1.contains("deeper"));
    assert!(refused(&"<a>".repeat(1_000_000)).1.contains("deeper"));
    let wide = |count: usize| {
        format!(
            "<a{}/>",
            (0..count).map(|i| format!(" a{i}='1'")).collect::<String>()
        )
    };
    assert!(parse_str(&wide(MAX_ATTRIBUTES)).is_ok());
    assert!(refused(&wide(MAX_ATTRIBUTES + 1)).1.contains("attributes"));
}

fn tree() -> impl Strategy<Value = Element> {
    let name = "[a-c_][a-z0-9.-]{0,3}";
    let value = "[ -~\n\t\r\u{e4}\u{1F600}]{0,8}";
    let leaf = (
        name,
        proptest::collection::btree_map(name, value, 0..4),
        "( [!-~]{1,6} ?)?",
    )
        .prop_map(|(name, attrs, text)| {
            attrs
                .into_iter()
                .fold(Element::new(name.as_str()), |e, (n, v)| {
                    e.with_attr(n.as_str(), v)
                })
                .with_text(&text)
        });
    leaf.prop_recursive(4, 40, 5, |inner| {
        let comment = "( [!-,.-~]{1,6})?".prop_map(|text| Node::Comment(text.into()));
        let node = prop_oneof![4 => inner.clone().prop_map(|child| Node::Element(Arc::new(child))), 1 => comment];
        (inner, proptest::collection::vec(node, 0..5)).prop_map(|(mut element, nodes)| {
            element.set_nodes(nodes);
            element
        })
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(tree in tree()) {
        let read = parse_str(&write(&tree)).unwrap();
        prop_assert_eq!(&*read, &tree);
        prop_assert_eq!(parse_str(&write_pretty(&tree)).unwrap(), Arc::new(tree));
    }

    #[test]
    fn damaged_input_never_panics(tree in tree(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = write(&tree).into_bytes();
        let index = at.index(bytes.len());
        bytes[index] = byte;
        let _ = parse(&bytes);
        bytes.truncate(index);
        prop_assert!(parse(&bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"<>&;='\"/!-[]?a ".to_vec())], 0..80)) {
        let _ = parse(&bytes);
    }
}

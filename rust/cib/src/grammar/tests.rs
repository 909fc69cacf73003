//! A small language, and what is said of documents that are not of it.

use super::{Grammar, Malformed};
use pcmk_xml::{Element, edit_at, find_path, parse_str};
use std::sync::Arc;

const LANGUAGE: &str = r#"<grammar><start><element name="cib">
    <attribute name="epoch"><data type="nonNegativeInteger"/></attribute>
    <optional><attribute name="with"><choice><value>none</value><value>1.0</value></choice></attribute></optional>
    <interleave><zeroOrMore><choice><ref name="rule"/><ref name="use"/></choice></zeroOrMore>
    <optional><element name="status"><ref name="anything"/></element></optional></interleave></element></start>
    <define name="rule"><element name="rule"><attribute name="id"><data type="ID"/></attribute>
    <choice><attribute name="score"><data type="integer"/></attribute><group><attribute name="from"/>
    <optional><attribute name="to"/></optional></group></choice>
    <oneOrMore><choice><ref name="rule"/><element name="x"><empty/></element></choice></oneOrMore></element></define>
    <define name="use"><element name="use"><attribute name="of"><data type="IDREF"/></attribute>
    <attribute name="list"><data type="string"><param name="pattern">[a-z]+(,[a-z]+)*</param></data></attribute>
    <optional><attribute name="name"><data type="string"><except><value>old</value></except></data></attribute></optional>
    </element></define>
    <define name="anything"><zeroOrMore><choice><attribute><anyName/><text/></attribute><element><anyName/>
    <ref name="anything"/></element></choice></zeroOrMore></define></grammar>"#;

fn language() -> Grammar {
    Grammar::read(LANGUAGE).unwrap()
}

fn told(grammar: &mut Grammar, document: &Arc<Element>) -> Vec<String> {
    let found = grammar.problems(document).into_iter();
    let line = found.map(|one| format!("{} {}: {}", one.at, one.element, one.reason));
    line.collect()
}

#[track_caller]
fn check(inner: &str, expected: &[&str]) {
    let document = parse_str(&format!("<cib epoch='1'>{inner}</cib>")).unwrap();
    assert_eq!(told(&mut language(), &document), expected);
}

#[test]
fn what_is_of_the_language_has_no_problems() {
    check(
        "<rule id='a' score='-1'><x/><rule id='b' from='1' to='2'><x/></rule></rule><status y='1'><z/></status>
         <use of='b' list='p,q' name='new'/>",
        &[],
    );
}

#[test]
fn each_problem_is_told_where_it_is() {
    check(
        "<rule id='a' score='x'><x/></rule>",
        &["1 rule a: score is 'x', not a number"],
    );
    check(
        "<rule score='1'><x/></rule>",
        &["1 rule: it lacks the attribute id"],
    );
    check(
        "<rule id='a'><x/></rule>",
        &["1 rule a: it lacks the attribute from or score"],
    );
    check(
        "<rule id='a' score='1' to='2'><x/></rule>",
        &["1 rule a: it can't have the attribute to beside the others"],
    );
    check(
        "<rule id='a' score='1' y='2'><x/></rule>",
        &["1 rule a: it has no attribute y"],
    );
    check(
        "<rule id='a' score='1'/>",
        &["1 rule a: it lacks rule or x"],
    );
    check(
        "<rule id='a' score='1'><x/><y/></rule>",
        &["3 y: it may not be here, but rule or x"],
    );
    check(
        "<rule id='a' score='1'><x><x/></x></rule>",
        &["3 x: nothing more may be here"],
    );
    check(
        "<status/><status/>",
        &["2 status: it may not be here, but rule or use"],
    );
    check(
        "<rule id='1a' score='1'><x/></rule>",
        &[
            "1 rule 1a: id is '1a', not a name: letters, digits, '.', '-' and '_', the first a letter or '_'",
        ],
    );
    check(
        "<rule id='a' score='1'><x/></rule><rule id='a' score='1'><x/></rule><use of='b' list='A' name='old'/>",
        &[
            "3 rule a: the id is that of another element, a rule",
            "5 use: list is 'A', not a text of another form",
            "5 use: name is 'old', not anything but 'old'",
            "5 use: of: there is no b",
        ],
    );
    let other = parse_str("<other/>").unwrap();
    assert_eq!(
        told(&mut language(), &other),
        ["0 other: it is not the root of a CIB"]
    );
}

#[test]
fn after_a_document_that_was_right_nothing_is_missed_in_the_next() {
    let mut grammar = language();
    let rules: String = (0..9)
        .map(|n| {
            format!("<rule id='r{n}' score='{n}'><x/><rule id='s{n}' from='1'><x/></rule></rule>")
        })
        .collect();
    let right = parse_str(&format!(
        "<cib epoch='1'>{rules}<use of='s3' list='a'/></cib>"
    ))
    .unwrap();
    assert_eq!(told(&mut grammar, &right), [""; 0]);
    let edit = |id: &str, change: &dyn Fn(&mut Element)| {
        let mut edited = Arc::clone(&right);
        let path = find_path(&right, |e| e.id() == Some(id)).unwrap();
        edit_at(&mut edited, &path, |element| change(element)).unwrap();
        edited
    };
    let changes: [(Arc<Element>, usize); 5] = [
        (edit("s3", &|e| e.set_attr("id", "t")), 1),
        (edit("s3", &|e| e.set_attr("to", "5")), 0),
        (edit("r5", &|e| e.set_attr("to", "5")), 1),
        (edit("r5", &|e| e.set_children(Vec::new())), 1),
        (edit("r5", &|e| e.children_mut().reverse()), 0),
    ];
    for (document, problems) in changes {
        let fresh = told(&mut language(), &document);
        assert_eq!(fresh.len(), problems, "{}", pcmk_xml::write(&document));
        assert_eq!(told(&mut grammar, &document), fresh);
        assert_eq!(told(&mut grammar, &right), [""; 0]);
    }
}

#[test]
fn what_is_not_supported_of_relax_ng_is_refused() {
    let read = |start: &str| {
        let text = format!("<grammar><start>{start}</start></grammar>");
        Grammar::read(&text)
            .map(|_| ())
            .map_err(|Malformed(text)| text)
    };
    assert_eq!(
        read("<element name='a'><mixed/></element>").unwrap_err(),
        "mixed is not supported"
    );
    assert_eq!(read("<text/>").unwrap_err(), "the start is no element");
    assert_eq!(
        read("<ref name='a'/>").unwrap_err(),
        "there is no definition of a"
    );
    let twice = "<element name='a'><choice><element name='b'><empty/></element><element name='b'><text/></element>
        </choice></element>";
    assert_eq!(read(twice).unwrap_err(), "a has several patterns for b");
    assert!(Grammar::read("<grammar").is_err() && Grammar::read("<grammar/>").is_err());
}

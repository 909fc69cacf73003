//! What expressions select.

use std::sync::Arc;

use pcmk_base::Budget;
use pcmk_xml::{Element, Path, get_at, parse_str, xpath::XPath};
use proptest::prelude::*;

const CIB: &str = "<cib epoch='3'><configuration><resources>\
    <group id='g'><primitive id='a' type='Dummy'><operations>\
    <op id='a-start' name='start'/><op id='a-mon' name='monitor' interval='10'/></operations></primitive>\
    <primitive id='b' type='Stateful'><operations><op id='b-mon' name='monitor' interval='5'/></operations></primitive>\
    </group><primitive id='c' type='Dummy'/></resources>\
    <constraints><rsc_order id='o' first='a' then='c'/></constraints></configuration><status/></cib>";

fn found(expression: &str) -> Vec<String> {
    let root = parse_str(CIB).unwrap();
    let paths = XPath::parse(expression).unwrap().select(&root).unwrap();
    paths.iter().map(|path| label(&root, path)).collect()
}

fn label(root: &Arc<Element>, path: &Path) -> String {
    let element = get_at(root, path).unwrap();
    element.id().unwrap_or(element.name()).to_owned()
}

#[test]
fn predicates_that_ask_for_one_attribute() {
    assert_eq!(found("//op[@name='monitor']"), ["a-mon", "b-mon"]);
    assert_eq!(found("//op['monitor'=@name]"), ["a-mon", "b-mon"]);
    assert_eq!(
        found("//op[@name='monitor'][@interval]"),
        ["a-mon", "b-mon"]
    );
    assert_eq!(found("//op[@name='monitor'][1]"), ["a-mon", "b-mon"]);
    assert_eq!(found("(//op[@name='monitor'])[2]"), ["b-mon"]);
    assert_eq!(found("//op[@interval]"), ["a-mon", "b-mon"]);
    assert_eq!(found("//op[@interval=10]"), ["a-mon"]);
    assert_eq!(found("//op[@none]"), [""; 0]);
    assert_eq!(found("//op/@name[@id]"), [""; 0]);
    assert_eq!(found("//op/@name[.='start']"), ["a-start"]);
    assert_eq!(found("/self::node()[@id]"), [""; 0]);
}

#[test]
fn paths() {
    assert_eq!(found("/"), ["cib"]);
    assert_eq!(found("/ | /cib | /cib/.."), ["cib"]);
    assert_eq!(found("/cib"), ["cib"]);
    assert_eq!(found("cib/status"), ["status"]);
    assert_eq!(found("/status"), [""; 0]);
    assert_eq!(found("//cib/configuration/resources/*"), ["g", "c"]);
    assert_eq!(found("//primitive"), ["a", "b", "c"]);
    assert_eq!(found("/cib//op/.."), ["operations", "operations"]);
    assert_eq!(found("//operations//op"), ["a-start", "a-mon", "b-mon"]);
    assert_eq!(
        found("//group//."),
        [
            "g",
            "a",
            "operations",
            "a-start",
            "a-mon",
            "b",
            "operations",
            "b-mon"
        ]
    );
    assert_eq!(found("//op/ancestor::group"), ["g"]);
    assert_eq!(found("//primitive[@id='a']/following-sibling::*"), ["b"]);
    assert_eq!(found("//op[@id='b-mon']/ancestor::*[1]"), ["operations"]);
    assert_eq!(found("//primitive/self::primitive[@id='b']"), ["b"]);
    assert_eq!(found("//@first"), ["o"]);
}

#[test]
fn predicates() {
    assert_eq!(found("//primitive[@id=\"b\"]"), ["b"]);
    assert_eq!(found("//primitive[@type='Dummy' and @id!='a']"), ["c"]);
    assert_eq!(
        found("//primitive[@type='Dummy'][@id='a' or @id='b']"),
        ["a"]
    );
    assert_eq!(found("//primitive[operations/op/@name='start']"), ["a"]);
    assert_eq!(found("//op[@name='monitor'][1]"), ["a-mon", "b-mon"]);
    assert_eq!(found("(//op[@name='monitor'])[1]"), ["a-mon"]);
    assert_eq!(found("(//op)[last() - 1]"), ["a-mon"]);
    assert_eq!(found("//primitive[last()]"), ["b", "c"]);
    assert_eq!(found("//op[position() = 2]"), ["a-mon"]);
    assert_eq!(found("//op[@interval > 5]"), ["a-mon"]);
    assert_eq!(found("//op[@interval<=5]"), ["b-mon"]);
    assert_eq!(found("//*[@interval]"), ["a-mon", "b-mon"]);
    assert_eq!(found("//primitive[not(operations)]"), ["c"]);
    assert_eq!(found("//primitive[count(.//op) = 2]"), ["a"]);
    assert_eq!(
        found("//op[contains(@id, 'mon')][starts-with(@id, 'b')]"),
        ["b-mon"]
    );
    assert_eq!(found("//*[name() = 'rsc_order']"), ["o"]);
    assert_eq!(found("//primitive[@id = //rsc_order/@then]"), ["c"]);
    assert_eq!(found("//op[../../@id='b']"), ["b-mon"]);
}

#[test]
fn unions() {
    assert_eq!(found("//rsc_order | //op[@name='start']"), ["a-start", "o"]);
    assert_eq!(found("//group/primitive | //primitive"), ["a", "b", "c"]);
}

#[test]
fn refusals() {
    for refused in [
        "",
        "//",
        "//primitive[",
        "//primitive[@id='a]",
        "a b",
        "//x[foo()]",
        "$x",
        "//following::x",
        "[1]",
        "a[count()]",
    ] {
        assert!(XPath::parse(refused).is_err(), "{refused}");
    }
    assert!(XPath::parse(&"(".repeat(10_000)).is_err());
    let root = parse_str(CIB).unwrap();
    assert!(XPath::parse("1 + 1").unwrap().select(&root).is_err());
    let wide = parse_str(&format!("<a>{}</a>", "<b/>".repeat(3000))).unwrap();
    let expensive = XPath::parse("//*[//*[//*[//b/@x]]]").unwrap();
    assert!(
        expensive
            .select_within(&wide, &mut Budget::new(100_000))
            .unwrap_err()
            .reason
            .contains("expensive")
    );
}

#[test]
fn chains_of_operators_may_be_long() {
    let root = parse_str(CIB).unwrap();
    let chain = |first: &str, more: &str| format!("{first}{}", more.repeat(5_000));
    let select = |expression: &str| XPath::parse(expression).unwrap().select(&root).unwrap();
    assert_eq!(select(&chain("//op", " | //op")).len(), 3);
    assert_eq!(
        select(&format!("//op[{}]", chain("@id", " or @x"))).len(),
        3
    );
    assert_eq!(
        select(&format!("//op[{}]", chain("@id", " and @id"))).len(),
        3
    );
    assert_eq!(
        select(&format!("(//op)[{}]", chain("5001", " - 1"))).len(),
        1
    );
    for refused in [chain("1", "=1"), chain("1", "<1")] {
        assert!(
            XPath::parse(&format!("//op[{refused}]"))
                .unwrap_err()
                .reason
                .contains("too many")
        );
    }
}

#[test]
fn comparisons_and_texts_count_as_work() {
    let wide = parse_str(&format!("<a>{}</a>", "<b x='1'><c/></b>".repeat(1_000))).unwrap();
    for expensive in [
        "//b[//b/@x = //c]",
        "//b[contains(/a, 'x')]",
        "//b[string-length(/a) = 1]",
        "//b[/a = 'x']",
    ] {
        let xpath = XPath::parse(expensive).unwrap();
        let error = xpath
            .select_within(&wide, &mut Budget::new(1_000_000))
            .unwrap_err();
        assert!(error.reason.contains("expensive"), "{expensive}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "[-/.@*()\\[\\]|='\"<>:,a-c01 é]{0,30}") {
        if let Ok(xpath) = XPath::parse(&text) {
            let _ = xpath.select(&parse_str(CIB).unwrap());
        }
    }

    #[test]
    fn the_address_of_an_element_selects_it(index in any::<prop::sample::Index>()) {
        let root = parse_str(CIB).unwrap();
        let all = XPath::parse("//*").unwrap().select(&root).unwrap();
        let path = &all[index.index(all.len())];
        let steps: String = (0..=path.len())
            .map(|depth| match depth {
                0 => "/*[1]".to_owned(),
                depth => format!("/*[{}]", path[depth - 1] + 1),
            })
            .collect();
        prop_assert_eq!(XPath::parse(&steps).unwrap().select(&root).unwrap(), vec![path.clone()]);
    }
}

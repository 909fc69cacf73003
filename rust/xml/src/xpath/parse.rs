//! Expressions read by recursive descent.

use super::{Axis, Comparison, Expr, Function, Sign, Step, Test, XPathError};

/// Bytes that an expression may have.
const MAX_LENGTH: usize = 64 << 10;
/// Expressions within each other, comparisons of comparisons among them. Chains of other operators are lists, however
/// long they are.
const MAX_NESTING: usize = 50;

type Result<T> = std::result::Result<T, XPathError>;

pub(super) fn parse(text: &str) -> Result<Expr> {
    if text.len() > MAX_LENGTH {
        return Err(XPathError {
            reason: "the expression is too long".into(),
        });
    }
    let mut parser = Parser {
        text,
        at: 0,
        nesting: 0,
    };
    let expr = parser.expr()?;
    parser.blanks();
    match parser.at == text.len() {
        true => Ok(expr),
        false => Err(parser.fail("unexpected text")),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    nesting: usize,
}

impl<'a> Parser<'a> {
    fn expr(&mut self) -> Result<Expr> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.fail("expressions are nested too deep"));
        }
        let mut parts = vec![self.and()?];
        while self.word("or") {
            parts.push(self.and()?);
        }
        self.nesting -= 1;
        Ok(joined(parts, Expr::Or))
    }

    fn and(&mut self) -> Result<Expr> {
        let mut parts = vec![self.equality()?];
        while self.word("and") {
            parts.push(self.equality()?);
        }
        Ok(joined(parts, Expr::And))
    }

    fn equality(&mut self) -> Result<Expr> {
        let comparison = |parser: &mut Self| match () {
            () if parser.token("!=") => Some(Comparison::Unequal),
            () if parser.token("=") => Some(Comparison::Equal),
            () => None,
        };
        self.comparisons(Self::relation, comparison)
    }

    fn relation(&mut self) -> Result<Expr> {
        let comparison = |parser: &mut Self| match () {
            () if parser.token("<=") => Some(Comparison::LessOrEqual),
            () if parser.token("<") => Some(Comparison::Less),
            () if parser.token(">=") => Some(Comparison::GreaterOrEqual),
            () if parser.token(">") => Some(Comparison::Greater),
            () => None,
        };
        self.comparisons(Self::sum, comparison)
    }

    fn comparisons(
        &mut self,
        operand: fn(&mut Self) -> Result<Expr>,
        comparison: impl Fn(&mut Self) -> Option<Comparison>,
    ) -> Result<Expr> {
        let mut left = operand(self)?;
        let mut compared = 0;
        while let Some(comparison) = comparison(self) {
            compared += 1;
            if compared > MAX_NESTING {
                return Err(self.fail("too many comparisons of comparisons"));
            }
            left = Expr::Compare(comparison, Box::new(left), Box::new(operand(self)?));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expr> {
        let first = self.union()?;
        let mut others = Vec::new();
        loop {
            let sign = match () {
                () if self.token("+") => Sign::Plus,
                () if self.token("-") => Sign::Minus,
                () if others.is_empty() => return Ok(first),
                () => return Ok(Expr::Sum(Box::new(first), others)),
            };
            others.push((sign, self.union()?));
        }
    }

    fn union(&mut self) -> Result<Expr> {
        let mut parts = vec![self.operand()?];
        while self.token("|") {
            parts.push(self.operand()?);
        }
        Ok(joined(parts, Expr::Union))
    }

    fn operand(&mut self) -> Result<Expr> {
        self.blanks();
        let set = match self.rest().chars().next() {
            None => return Err(self.fail("something is missing")),
            Some(quote @ ('"' | '\'')) => return self.literal(quote),
            Some('0'..='9') => return self.number(),
            Some('.') if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                return self.number();
            }
            Some('(') => {
                self.at += 1;
                let inner = self.expr()?;
                self.expect(")")?;
                inner
            }
            Some(_) => match self.call()? {
                Some(call) => call,
                None => return self.path(),
            },
        };
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        if self.token("//") {
            steps.push(anywhere_below());
            self.steps(&mut steps)?;
        } else if self.token("/") {
            self.steps(&mut steps)?;
        }
        match predicates.is_empty() && steps.is_empty() {
            true => Ok(set),
            false => Ok(Expr::Filter(Box::new(set), predicates, steps)),
        }
    }

    fn literal(&mut self, quote: char) -> Result<Expr> {
        self.at += 1;
        let Some(end) = self.rest().find(quote) else {
            return Err(self.fail("a text is not closed"));
        };
        let text = self.rest()[..end].to_owned();
        self.at += end + 1;
        Ok(Expr::Literal(text))
    }

    fn number(&mut self) -> Result<Expr> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let number = rest[..end].parse().map_err(|_| self.fail("not a number"))?;
        self.at += end;
        Ok(Expr::Number(number))
    }

    /// A function call, if one is next.
    fn call(&mut self) -> Result<Option<Expr>> {
        let start = self.at;
        let Some(name) = self.name() else {
            return Ok(None);
        };
        if name == "node" || !self.token("(") {
            self.at = start;
            return Ok(None);
        }
        let mut arguments = Vec::new();
        if !self.token(")") {
            loop {
                arguments.push(self.expr()?);
                if self.token(")") {
                    break;
                }
                self.expect(",")?;
            }
        }
        let (function, least, most) = match name {
            "not" => (Function::Not, 1, 1),
            "true" => (Function::True, 0, 0),
            "false" => (Function::False, 0, 0),
            "count" => (Function::Count, 1, 1),
            "position" => (Function::Position, 0, 0),
            "last" => (Function::Last, 0, 0),
            "contains" => (Function::Contains, 2, 2),
            "starts-with" => (Function::StartsWith, 2, 2),
            "concat" => (Function::Concat, 2, usize::MAX),
            "string" => (Function::String, 0, 1),
            "string-length" => (Function::StringLength, 0, 1),
            "normalize-space" => (Function::NormalizeSpace, 0, 1),
            "number" => (Function::Number, 0, 1),
            "boolean" => (Function::Boolean, 1, 1),
            "name" | "local-name" => (Function::Name, 0, 1),
            other => return Err(self.fail(&format!("the function '{other}' is not known"))),
        };
        if !(least..=most).contains(&arguments.len()) {
            return Err(self.fail(&format!("wrong number of arguments for '{name}'")));
        }
        Ok(Some(Expr::Call(function, arguments)))
    }

    fn path(&mut self) -> Result<Expr> {
        let mut steps = Vec::new();
        let absolute = self.rest().starts_with('/');
        if self.token("//") {
            steps.push(anywhere_below());
        } else if self.token("/") {
            self.blanks();
            let more = |c: char| c == '.' || c == '@' || c == '*' || is_name_char(c);
            if !self.rest().starts_with(more) {
                return Ok(Expr::Path { absolute, steps });
            }
        }
        self.steps(&mut steps)?;
        Ok(Expr::Path { absolute, steps })
    }

    fn steps(&mut self, steps: &mut Vec<Step>) -> Result<()> {
        loop {
            let step = self.step()?;
            steps.push(step);
            if self.token("//") {
                steps.push(anywhere_below());
            } else if !self.token("/") {
                return Ok(());
            }
        }
    }

    fn step(&mut self) -> Result<Step> {
        let bare = |axis| Step {
            axis,
            test: Test::Node,
            predicates: Vec::new(),
        };
        if self.token("..") {
            return Ok(bare(Axis::Parent));
        }
        if self.token(".") {
            return Ok(bare(Axis::Itself));
        }
        let axis = match self.token("@") {
            true => Axis::Attribute,
            false => self.axis()?,
        };
        let test = match self.token("*") {
            true => Test::Any,
            false => {
                let Some(name) = self.name() else {
                    return Err(self.fail("a name is missing"));
                };
                match name {
                    "node" if self.token("(") => {
                        self.expect(")")?;
                        Test::Node
                    }
                    name => Test::Name(name.to_owned()),
                }
            }
        };
        Ok(Step {
            axis,
            test,
            predicates: self.predicates()?,
        })
    }

    fn axis(&mut self) -> Result<Axis> {
        let start = self.at;
        let name = self.name();
        if name.is_none() || !self.token("::") {
            self.at = start;
            return Ok(Axis::Child);
        }
        match name.unwrap_or_default() {
            "child" => Ok(Axis::Child),
            "descendant" => Ok(Axis::Descendant),
            "descendant-or-self" => Ok(Axis::DescendantOrSelf),
            "self" => Ok(Axis::Itself),
            "parent" => Ok(Axis::Parent),
            "ancestor" => Ok(Axis::Ancestor),
            "ancestor-or-self" => Ok(Axis::AncestorOrSelf),
            "following-sibling" => Ok(Axis::FollowingSibling),
            "preceding-sibling" => Ok(Axis::PrecedingSibling),
            "attribute" => Ok(Axis::Attribute),
            other => Err(self.fail(&format!("the axis '{other}' is not known"))),
        }
    }

    fn predicates(&mut self) -> Result<Vec<Expr>> {
        let mut predicates = Vec::new();
        while self.token("[") {
            predicates.push(self.expr()?);
            self.expect("]")?;
        }
        Ok(predicates)
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Takes the token if it is next.
    fn token(&mut self, token: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Takes the word if it is next and does not go on.
    fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let found = self
            .rest()
            .strip_prefix(word)
            .is_some_and(|after| !after.starts_with(is_name_char));
        if found {
            self.at += word.len();
        }
        found
    }

    fn name(&mut self) -> Option<&'a str> {
        self.blanks();
        let rest = self.rest();
        if rest.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.')) {
            return None;
        }
        // A colon is part of a prefixed name; two of them end the name of an axis.
        let mut end = 0;
        for (index, c) in rest.char_indices() {
            let prefix =
                c == ':' && !rest[index..].starts_with("::") && !rest[..index].ends_with(':');
            if !is_name_char(c) && !prefix {
                break;
            }
            end = index + c.len_utf8();
        }
        self.at += end;
        (end > 0).then(|| &rest[..end])
    }

    fn expect(&mut self, token: &str) -> Result<()> {
        match self.token(token) {
            true => Ok(()),
            false => Err(self.fail(&format!("'{token}' is missing"))),
        }
    }

    fn fail(&self, reason: &str) -> XPathError {
        XPathError {
            reason: format!(
                "{reason} at character {}",
                self.text[..self.at].chars().count() + 1
            ),
        }
    }
}

/// A part that stands alone, or several joined.
fn joined(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') || !c.is_ascii()
}

fn anywhere_below() -> Step {
    Step {
        axis: Axis::DescendantOrSelf,
        test: Test::Node,
        predicates: Vec::new(),
    }
}

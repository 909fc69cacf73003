//! The version of a CIB.

use std::fmt;

use pcmk_xml::Element;

use crate::error::{Error, Kind};

/// The three counters on the root element, compared from left to right.
///
/// `admin_epoch` belongs to administrators, `epoch` counts changes of the configuration, `num_updates`
/// those of the status since then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Raised by administrators, and by operations that start over.
    pub admin_epoch: u32,
    /// Raised by changes of the configuration.
    pub epoch: u32,
    /// Raised by other changes.
    pub num_updates: u32,
}

/// The attributes that hold the counters, in the order of comparison.
pub(crate) const FIELDS: [&str; 3] = ["admin_epoch", "epoch", "num_updates"];

impl Version {
    /// The version on an element. A counter that is missing, negative or no number is 0.
    pub fn of(element: &Element) -> Version {
        let [admin_epoch, epoch, num_updates] = FIELDS.map(|name| {
            element
                .attr(name)
                .and_then(|text| text.parse().ok())
                .unwrap_or(0)
        });
        Version {
            admin_epoch,
            epoch,
            num_updates,
        }
    }

    /// The version on an element, unless a counter is missing, negative or no number.
    pub(crate) fn exact(element: &Element) -> Option<Version> {
        let [admin_epoch, epoch, num_updates] =
            FIELDS.map(|name| element.attr(name).and_then(|text| text.parse().ok()));
        Some(Version {
            admin_epoch: admin_epoch?,
            epoch: epoch?,
            num_updates: num_updates?,
        })
    }

    /// Writes the counters to an element.
    pub fn write(self, element: &mut Element) {
        for (name, value) in FIELDS.iter().zip(self.fields()) {
            element.set_attr(*name, value.to_string());
        }
    }

    pub(crate) fn fields(self) -> [u32; 3] {
        [self.admin_epoch, self.epoch, self.num_updates]
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}.{}.{}",
            self.admin_epoch, self.epoch, self.num_updates
        )
    }
}

/// Refuses a CIB that was written with a newer feature set than one's own.
///
/// # Errors
/// [`Kind::FeatureSet`] if so.
pub fn check_feature_set(cib: &Element, own: &str) -> Result<(), Error> {
    let Some(needed) = cib.attr("crm_feature_set") else {
        return Ok(());
    };
    match dotted(needed) > dotted(own) {
        true => {
            let detail = format!("the CIB needs feature set {needed}, this is {own}");
            Err(Error::new(Kind::FeatureSet, detail))
        }
        false => Ok(()),
    }
}

/// The numbers of a dotted version; what is no number counts as 0, and zeros at the end do not count.
fn dotted(version: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().unwrap_or(0))
        .collect();
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feature_sets_are_compared_by_number() {
        let check = |needed: &str| {
            let cib = Element::new("cib").with_attr("crm_feature_set", needed);
            check_feature_set(&cib, "3.20.5").map_err(|error| error.kind)
        };
        assert_eq!(check_feature_set(&Element::new("cib"), "3"), Ok(()));
        for older in ["3.20.5", "3.20.5.0", "3.9.10", "3.20", "2.100", "x"] {
            assert_eq!(check(older), Ok(()), "{older}");
        }
        for newer in ["3.20.5.1", "3.20.6", "3.100", "4"] {
            assert_eq!(check(newer), Err(Kind::FeatureSet), "{newer}");
        }
    }
}

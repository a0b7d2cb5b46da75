//! Trained models in documents, read.

use super::manifest::Manifest;
use crate::document::Format;
use anyhow::{Context, Result, bail};
use ketlab::learning::{Model, Predictor};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::Path;

/// A document of `ketlab learn`.
pub fn document(path: &Path) -> Result<Value> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{name}"))?;
    let document: Value =
        serde_json::from_str(&text).with_context(|| format!("{name}: no JSON document"))?;
    let (format, version) = Format::Learn.name_and_version();
    if document["format"] != format {
        bail!(
            "{name}: its format is {}; a trained model is a `{format}`, as `ketlab learn -o` writes it",
            document["format"]
        );
    }
    if document["version"] != version {
        bail!(
            "{name}: version {} of `{format}`; this program reads version {version}",
            document["version"]
        );
    }
    Ok(document)
}

/// The model of a document, and how it came about.
pub fn load(path: &Path) -> Result<(Predictor, Manifest)> {
    let name = path.display();
    let mut document = document(path)?;
    let mut part = |key: &str| document[key].take();
    let context = |key: &str| format!("{name}: no trained model: `{key}`");
    fn read<T: DeserializeOwned>(value: Value) -> serde_json::Result<T> {
        serde_json::from_value(value)
    }
    let model: Model = read(part("model")).with_context(|| context("model"))?;
    let named = part("parameters");
    let value = |parameter: &String| named[parameter].as_f64();
    let parameters: Option<Vec<f64>> = model.parameter_names().iter().map(value).collect();
    let Some(parameters) = parameters else {
        bail!("{name}: no trained model: it lacks the numbers of some of its parameters");
    };
    let classes = match part("classes") {
        Value::Null => Vec::new(),
        classes => read(classes).with_context(|| context("classes"))?,
    };
    let predictor = Predictor {
        model,
        parameters,
        features: read(part("features")).with_context(|| context("features"))?,
        target: read(part("target")).with_context(|| context("target"))?,
        classes,
        scaler: read(part("scaler")).with_context(|| context("scaler"))?,
        target_scaler: read(part("target_scaler")).with_context(|| context("target_scaler"))?,
        loss: read(part("loss")).with_context(|| context("loss"))?,
    };
    let manifest = read(part("manifest")).with_context(|| context("manifest"))?;
    Ok((predictor, manifest))
}

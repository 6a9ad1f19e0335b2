//! The program scores sentences as the training script does.

use cahoots_analyze::requests::Detector;

/// Invented sentences, and the scores that `tools/requests/model.py` gives them.
#[test]
fn scores_are_those_of_the_script() {
    let sentences = include_str!("requests_sentences.txt");
    let scores = include_str!("requests_scores.txt");
    assert_eq!(sentences.lines().count(), scores.lines().count());
    assert!(sentences.lines().count() >= 30);
    let mut detector = Detector::default();
    for (sentence, expected) in sentences.lines().zip(scores.lines()) {
        let expected: f64 = expected.parse().unwrap();
        let score = detector.score(sentence);
        assert!((score - expected).abs() < 1e-6, "{score} is not {expected}: {sentence}");
    }
}

#!/usr/bin/env bash
# What:     six classifiers are trained with whole-numbered `sample_weight`, and again with each row
#           repeated as often as its weight says: once as they are, once with
#           `class_weight="balanced"`.
# Versions: scikit-learn 1.9.1, numpy 2.5.5.
# Expected: with `class_weight="balanced"` as without it a weight of 3 is three rows, in all of them: it
#           is the same word of the same library.
# Seen:     without it, yes, in all six. With it only in LogisticRegression and LinearSVC, which balance
#           what the weights leave of each class. SVC, RidgeClassifier, DecisionTreeClassifier and
#           HistGradientBoostingClassifier count the rows and multiply: the classes are not balanced,
#           and decisions move by 0.3 to 1.6. Another classifier so has another meaning of "balanced".
source "$(dirname "$0")/environment.bash"
work=$(mktemp -d)
environment scikit-learn==1.9.1 numpy==2.5.5

quiet_python <<'PY'
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

generator = np.random.default_rng(0)
features = generator.normal(size=(300, 3)).round(2)
success = (features[:, 0] + generator.normal(size=300) > 1).astype(int)
weights = np.where(success == 1, 1, generator.integers(1, 6, 300))
repeated = np.repeat(np.arange(300), weights)

CLASSIFIERS = {
    LogisticRegression: {"tol": 1e-8},
    LinearSVC: {"tol": 1e-8, "max_iter": 10**6},
    SVC: {"tol": 1e-8},
    RidgeClassifier: {},
    DecisionTreeClassifier: {"max_depth": 2, "random_state": 0},
    HistGradientBoostingClassifier: {"max_depth": 2, "max_iter": 5, "min_samples_leaf": 1},
}


def decisions(classifier: object) -> np.ndarray:
    if hasattr(classifier, "decision_function"):
        return classifier.decision_function(features)
    return classifier.predict_proba(features)[:, 1]


def difference(kind: type, **options: object) -> float:
    """The largest difference between decisions after weights and after repeated rows."""
    weighted = kind(**options).fit(features, success, sample_weight=weights)
    longer = kind(**options).fit(features[repeated], success[repeated])
    return float(np.abs(decisions(weighted) - decisions(longer)).max())


unlike = []
for kind, options in CLASSIFIERS.items():
    plain = difference(kind, **options)
    balanced = difference(kind, class_weight="balanced", **options)
    print(f"{kind.__name__}: {plain:.4f} without, {balanced:.4f} with balanced classes")
    assert plain < 0.01
    assert not 0.01 < balanced < 0.2
    if balanced > 0.2:
        unlike.append(kind)
assert unlike == [SVC, RidgeClassifier, DecisionTreeClassifier, HistGradientBoostingClassifier]
PY

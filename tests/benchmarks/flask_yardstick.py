"""The usual way, to compare with: Flask, the JSON into a one-row DataFrame, a ColumnTransformer and logistic regression.

``python flask_yardstick.py PORT``; needs Flask, which the product does not (``pip install flask``).
"""

import sys
from pathlib import Path

import pandas as pd
from flask import Flask, jsonify, request

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from churn_core import settings
from churn_core.data.dataset import read_dataset
from churn_core.data.telco_source import FILE_NAME
from churn_core.schema.telco import TELCO
from tests.benchmarks.model import usual

customers = read_dataset(settings.home() / "data" / FILE_NAME, schema=TELCO).customers
model = usual(customers, customers[TELCO.target].to_numpy())
app = Flask(__name__)


@app.get("/health")
def health():
    return jsonify(status="healthy")


@app.post("/predict")
def predict():
    frame = pd.DataFrame([request.get_json()])
    probability = float(model.predict_proba(frame)[0, 1])
    return jsonify(churn_probability=probability, will_churn=probability >= 0.5)


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]), threaded=True)

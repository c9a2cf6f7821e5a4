"""Metadata of keras-distill; tool settings are in pyproject.toml."""

import pathlib
import re

from setuptools import find_packages, setup

here = pathlib.Path(__file__).resolve().parent
version = re.search(
    r'^__version__ = "([^"]+)"$',
    (here / "keras_distill" / "__init__.py").read_text(encoding="utf-8"),
    re.MULTILINE,
).group(1)

nlp = ["keras-hub>=0.32", "keras-nlp>=0.32", "tensorflow-text>=2.20", "safetensors>=0.6"]
cv = ["keras-cv==0.9.0"]
# Bayesian search is scikit-learn's Gaussian process.
search = ["keras-tuner>=1.4.8,<1.5", "scikit-learn>=1.5"]
tracking = ["tensorboard>=2.20", "wandb>=0.20"]
notebooks = ["jupytext>=1.16", "nbconvert>=7.16", "nbclient>=0.10", "ipykernel>=6.29"]
lint = ["ruff>=0.12", "codespell>=2.4", "import-linter>=2.3"]
test = [
    "pytest>=8.3",
    "pytest-xdist>=3.6",
    "pillow>=11",
    "build>=1.2",
    "wheel>=0.45",
    "setuptools>=75,<81",
    "foolbox>=3.3.4",  # its attacks, beside ours
    *cv,
    *nlp,
    *search,
    *tracking,
    *notebooks,
    *lint,
]

setup(
    name="keras-distill",
    version=version,
    description=(
        "Distil, prune, quantize and export Keras 3 models, and report how "
        "teacher, student and the compressed file hold up on corrupted data."
    ),
    long_description=(here / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    packages=find_packages(include=["keras_distill", "keras_distill.*"]),
    include_package_data=True,
    python_requires=">=3.11",
    install_requires=[
        "tensorflow>=2.21,<2.22",
        "keras>=3.15,<4",
        "tf-keras>=2.21,<2.22",
        "tensorflow-model-optimization>=0.8,<0.9",
        # TF-MOT imports distutils, which left the standard library in 3.12.
        "setuptools>=75,<81; python_version >= '3.12'",
        "tensorflow-datasets>=4.9.9",
        "importlib_resources>=6",
        "ai-edge-litert>=2.1",
        "flatbuffers>=25.9.23",  # TensorFlow's own bound
        "numpy>=2.0",
        "scipy>=1.14",
        "pydantic>=2.10",
        "pyyaml>=6.0",
        "typer>=0.15",
        "rich>=13.9",
        "jinja2>=3.1",
        "matplotlib>=3.9",
    ],
    extras_require={
        "nlp": nlp,
        "search": search,
        "cv": cv,
        "tracking": tracking,
        "notebooks": notebooks,
        "test": test,
        "dev": [*test, "pre-commit>=4", "coverage>=7.6"],
    },
    entry_points={"console_scripts": ["keras-distill=keras_distill.pipeline.command_line:main"]},
    classifiers=[
        "License :: OSI Approved :: Apache Software License",
        "Programming Language :: Python :: 3.11",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)

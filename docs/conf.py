"""How Sphinx makes the site: `python -m sphinx -W --keep-going docs build/site`. Nothing is fetched, nothing is run."""

import sys
from pathlib import Path

import netstat

sys.path.append(str(Path(__file__).parent / "_ext"))

project = "netstat"
author = "the netstat contributors"
copyright = author
version = release = netstat.__version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "myst_nb", "netstat_site.extension"]
exclude_patterns = ["_ext", "measurements"]

nb_render_markdown_format = "gfm"  # tables
nb_execution_mode = "off"  # notebooks are shown with the output they were committed with
myst_enable_extensions: list[str] = []
myst_fence_as_directive = ["math"]
myst_heading_anchors = 6

smartquotes_action = "D"  # dashes, and quotation marks as one typed them
maximum_signature_line_length = 110
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"
napoleon_numpy_docstring = False
napoleon_use_ivar = True
html_theme = "furo"
html_title = f"netstat {version}"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False

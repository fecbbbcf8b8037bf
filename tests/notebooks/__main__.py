"""Write the notebooks anew from their scripts, with the output they have now.

`python -m tests.notebooks` runs all; names choose: `python -m tests.notebooks 02-documents-checked`.
"""

import sys

import nbformat
from nbclient import NotebookClient

from tests.notebooks.scripts import SCRIPTS, notebook_of

for script in SCRIPTS:
    if script.stem in sys.argv[1:] or not sys.argv[1:]:
        notebook = notebook_of(script)
        NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
        nbformat.write(notebook, script.with_suffix(".ipynb"))

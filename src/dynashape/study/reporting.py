"""Write the report."""


def write_report(plan, results, summary, provenance, drawn, path):
    path.write_text("<html></html>")
    return path

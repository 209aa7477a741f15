MARK="<!doctype html>\n<!-- selfinstruct report -->"
def page(t): return MARK

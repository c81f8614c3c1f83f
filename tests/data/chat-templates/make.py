"""Makes constructs.json, fixtures.json and peer-renderings.json with Jinja itself (python3, jinja2 3.1.6), set up as transformers does.

    python3 make.py [folder of .jinja files]

Without a folder the last one stays as it is. --print TEMPLATE CONVERSATION prints one rendering instead.
"""
import datetime
import hashlib
import json
import pathlib
import sys
import types

import jinja2
import jinja2.ext
import jinja2.nodes

HERE = pathlib.Path(__file__).parent


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_text"), [], [], body).set_lineno(line)

    def _text(self, caller):
        return caller()


def fail(message):
    raise jinja2.TemplateError(message)


def list_of(value):
    """map and its like give lists in a chat template, so that they can be written as JSON."""
    if isinstance(value, types.GeneratorType):
        return list(value)
    raise TypeError(value)


def environment():
    env = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
        x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys, default=list_of)
    # Jinja's safe makes a later + escape HTML, which nobody wants in a prompt; llama.cpp and @huggingface/jinja do not.
    env.filters["safe"] = str
    env.filters["from_json"] = json.loads
    env.globals["raise_exception"] = fail
    env.globals["strftime_now"] = datetime.datetime(2024, 7, 26, 9, 5, 3).strftime
    return env


def render(source, variables):
    """The text, or None where Jinja fails."""
    try:
        return environment().from_string(source).render(**json.loads(json.dumps(variables)))
    except (jinja2.TemplateError, TypeError, ValueError, AttributeError, KeyError, IndexError, ZeroDivisionError, SyntaxError, RecursionError):
        return None


def conversation_variables(conversation):
    return {"bos_token": "<s>", "eos_token": "</s>", **conversation["variables"]}


def make_constructs():
    constructs = json.loads((HERE / "constructs.json").read_text())
    for case in constructs["cases"]:
        case["expected"] = render(case["template"], constructs["variables"])
    lines = ",\n".join("    " + json.dumps(case, ensure_ascii=False) for case in constructs["cases"])
    variables = json.dumps(constructs["variables"], ensure_ascii=False)
    (HERE / "constructs.json").write_text('{\n  "variables": %s,\n  "cases": [\n%s\n  ]\n}\n' % (variables, lines))


def make_fixtures():
    """Every template of ours with every conversation, in one readable file."""
    conversations = json.loads((HERE / "conversations.json").read_text())
    results = {}
    for file in sorted(HERE.glob("*.jinja")):
        results[file.name] = {c["name"]: render(file.read_text(), conversation_variables(c)) for c in conversations}
    (HERE / "fixtures.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n")


def make_peer_renderings(folder):
    conversations = json.loads((HERE / "conversations.json").read_text())
    renderings = {}
    for file in sorted(pathlib.Path(folder).glob("*.jinja")):
        source = file.read_text()
        results = {}
        for conversation in conversations:
            text = render(source, conversation_variables(conversation))
            results[conversation["name"]] = None if text is None else hashlib.sha256(text.encode()).hexdigest()[:16]
        renderings[file.name] = {"source": hashlib.sha256(source.encode()).hexdigest()[:16], "renderings": results}
    (HERE / "peer-renderings.json").write_text(json.dumps(renderings, indent=1) + "\n")


if len(sys.argv) == 4 and sys.argv[1] == "--print":
    by_name = {c["name"]: c for c in json.loads((HERE / "conversations.json").read_text())}
    print(render(pathlib.Path(sys.argv[2]).read_text(), conversation_variables(by_name[sys.argv[3]])), end="")
else:
    make_constructs()
    make_fixtures()
    if len(sys.argv) == 2:
        make_peer_renderings(sys.argv[1])

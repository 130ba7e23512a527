"""Shortening leaves the program what it is."""

import pytest

from bot.edge.shorten_script import shorten


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("const total = 1;\ngo(total);", "const a=1;go(a);"),
        ("const one = 1;\nconst two = one;\n", "const a=1,b=a;"),
        ("const one = () => {};\nconst two = 2;", "const a=()=>{},b=2;"),
        ("const one = 1;\ngo();\nconst two = 2;", "const a=1;go();const b=2;"),
        ("const one = 1;\nif (a) b();\nconst two = 2;", "const c=1;if(a)b();const d=2;"),
        ("if (on) {\n  go();\n}\nconst one = 1;\n", "if(on){go();}const a=1;"),
        (
            "for (const each of all) go(each);\nconst last = 1;",
            "for(const a of all)go(a);const b=1;",
        ),
        ("let count = 0;\ncount += 1;", "let a=0;a+=1;"),
        ("const go = (first, second) => first + second;", "const c=(a,b)=>a+b;"),
        ("const [left, right] = pair;\ngo(right, left);", "const[a,b]=pair;go(b,a);"),
        (
            'const open = 1;\ngo("open", `open ${open} open`);',
            'const a=1;go("open",`open ${a} open`);',
        ),
        (
            "const open = 1;\ngo(open, it.open, it?.open);",
            "const open=1;go(open,it.open,it?.open);",
        ),
        ("const open = 1;\ngo({ open });", "const open=1;go({open});"),
        ("const open = 1;\ngo({ open: 2, shut: open });", "const open=1;go({open:2,shut:open});"),
        ("const open = 1;\ngo({ is: open });", "const a=1;go({is:a});"),
        ("const open = on ? one : open;", "const a=on?one:a;"),
        ("const go = ({ key }) => key;", "const a=({key})=>key;"),
        ("return typeof one;", "return typeof one;"),
        ("const long = a;\nconst other = b;", "const c=a,d=b;"),
    ],
)
def test_what_a_script_declares_gets_a_short_name(written: str, left: str) -> None:
    assert shorten(written) == left

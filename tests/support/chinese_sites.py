"""What Sina, Eastmoney, the Shanghai Gold Exchange and ChinaBond send, in the shapes that akshare reads."""

import json
from urllib.parse import parse_qs, quote, urlsplit

from loopback import Answer

SINA = "stock2.finance.sina.com.cn"
EASTMONEY = "push2his.eastmoney.com"


def sina_contract(rows):
    """Return Sina's script for a contract in China."""
    names = ("d", "o", "h", "l", "c", "v", "p", "s")
    objects = [dict(zip(names, (*row, "0", "0")[:8], strict=True)) for row in rows]
    script = f"/*<script>location.href='//sina.com';</script>*/\nvar _V21052021_4_12=({json.dumps(objects)});"
    return Answer(script.encode("gbk"), headers={"Content-Type": "application/javascript; charset=gbk"})


def sina_foreign(rows):
    """Return Sina's script for a contract abroad: numbers are text."""
    names = ("date", "open", "high", "low", "close", "volume")
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    return Answer(f"/*x*/\nvar _S2024_1_2=({json.dumps(objects)});".encode("gbk"))


def sina_packed(rows):
    """Return a table that Sina packs, unpacked by the loopback's own script."""
    names = ("date", "open", "high", "low", "close", "volume")
    objects = [dict(zip(names, row, strict=True)) | {"amount": "0"} for row in rows]
    return Answer(f'var KLC_K2="{quote(json.dumps(objects), safe="")}";'.encode())


def sina_global(rows):
    """Return Sina's table of an index of the world."""
    objects = [dict(zip("dohlcv", row, strict=True)) for row in rows]
    return Answer(json.dumps({"result": {"status": {"code": 0}, "data": objects}}).encode())


def klines(rows, fields=14):
    """Return Eastmoney's bars: date, open, close, high, low, volume, and what fills the line."""
    lines = [
        ",".join([day, first, last, high, low, volume, *["0"] * (fields - 6)])
        for day, first, high, low, last, volume in rows
    ]
    return Answer(
        json.dumps({"data": {"code": "X", "name": "x", "klines": lines}}, ensure_ascii=False).encode()
    )


def gold_exchange(rows):
    """Return the table of the Shanghai Gold Exchange: date, open, close, low, high."""
    lines = [[day, float(o), float(c), float(low), float(h)] for day, o, h, low, c, _ in rows]
    return Answer(json.dumps({"time": lines}).encode())


def treasury_yields(rows):
    """Return Eastmoney's yields of both countries, the newest first."""
    codes = [f"EMM001664{n}" for n in (62, 66, 69)] + ["EMM00588704", "EMM01276014"]
    codes += [f"EMG0000{n}" for n in (1306, 1308, 1310, 1312)] + ["EMG01339436", "EMM00000024", "EMG00159635"]
    objects = [
        {"SOLAR_DATE": f"{day} 00:00:00", **dict.fromkeys(codes, 1.0), "EMM00166469": float(close)}
        for day, _, _, _, close, _ in reversed(rows)
    ]
    return Answer(json.dumps({"result": {"pages": 1, "data": objects}}).encode())


def curve(rows):
    """Return ChinaBond's page: a table of several curves."""
    head = ["曲线名称", "日期", "3月", "6月", "1年", "3年", "5年", "7年", "10年", "30年"]
    lines = [
        [name, day, *["1.0"] * 7, close if name.startswith("中债国债") else "9.9"]
        for day, _, _, _, close, _ in rows
        for name in ("中债国债收益率曲线", "中债商业银行普通债收益率曲线(AAA)")
    ]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in [head, *lines])
    return Answer(f"<table><tr><td>x</td></tr></table><table>{cells}</table>".encode())


def monthly(rows, width):
    """Return Eastmoney's table of months."""
    objects = [
        {"REPORT_DATE": day, "TIME": f"{day[:4]}年{day[5:7]}月份"}
        | {f"c{n}": float(close) for n in range(width)}
        for day, _, _, _, close, _ in rows
    ]
    return Answer(json.dumps({"result": {"data": objects}}).encode())


def quarterly(rows, width=8):
    """Return Eastmoney's table of quarters, each of the year to date."""
    objects = [
        {"REPORT_DATE": day, "TIME": f"{day[:4]}年第{'1-2' if day[5:7] != '03' else '1'}季度"}
        | {f"c{n}": float(close) for n in range(width)}
        for day, _, _, _, close, _ in rows
    ]
    return Answer(json.dumps({"result": {"data": objects}}).encode())


def asked(path):
    """Return host, path and query of a request to the loopback."""
    parts = urlsplit(path)
    host, _, rest = parts.path.lstrip("/").partition("/")
    return host, rest, {name: values[-1] for name, values in parse_qs(parts.query).items()}

"""Answers of price services as they are documented, and the ways in which each is wrong."""

import io
import json
import zipfile
from datetime import date

from loopback import Answer

DAYS = [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 5)]


def zipped(text, name="eurofxref-hist.csv"):
    payload = io.BytesIO()
    with zipfile.ZipFile(payload, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return payload.getvalue()


ECB = (
    "Date,USD,JPY,GBP,SEK,CHF,CAD,\n2024-01-05,1.0921,158.45,N/A,1,1,1,\n"
    "2024-01-03,1.0919,155.97,1,1,1,1,\n2024-01-02,1.0956,155.91,1,1,1,1,\n"
)
H10 = (
    '"Series Description","Euro-Area Euro","Japanese Yen"\n"Unit:","Currency","Currency"\n'
    '"Multiplier:","1","1"\n"Currency:","EUR","JPY"\n'
    '"Unique Identifier: ","H10/H10/RXI$US_N.B.EU","H10/H10/RXI_N.B.JA"\n'
    '"Time Period","RXI$US_N.B.EU","RXI_N.B.JA"\n'
    "2024-01-02,1.0951,142.10\n2024-01-03,1.0919,143.20\n2024-01-04,ND,ND\n2024-01-05,1.0947,144.60\n"
)
MOF_ALL = "Interest Rate,,,(Unit : %)\nDate,1Y,10Y,40Y\n2024/1/2,0.1,0.61,-\n2024/1/3,0.1,0.62,1.9\n"
MOF_NOW = (
    "Interest Rate (January 2024),,,(Unit : %)\r\nDate,1Y,10Y,40Y\r\n"
    '"最新のデータ",,,\r\n2024/1/3,0.1,0.62,1.9\r\n2024/1/5,0.1,0.63,1.9\r\n,,,\r\n'
)
STOOQ = "\n".join(
    ["Date,Open,High,Low,Close,Volume"]
    + [f"{day},1,2,0.5,{close},9" for day, close in zip(DAYS, (1.1, 1.2, 1.3), strict=True)]
    + [""]
)
NAVER = (
    '<?xml version="1.0" encoding="EUC-KR" ?>\n<chartdata symbol="KOSDAQ" name="코스닥" count="3">\n'
    '<item data="20240102|1|2|0.5|878.93|9" />\n<item data="20240103|null|null|null|871.57|9" />\n'
    '<item data="20240105|1|2|0.5|878.33|9" />\n</chartdata>'
)
TIINGO = [
    {"date": f"{day}T00:00:00.000Z", "open": 1, "high": 2, "low": 0.5, "close": close, "volume": 9}
    | {"adjClose": 1.0, "divCash": paid, "splitFactor": split}
    for day, close, paid, split in zip(DAYS, (8.0, 4.0, 4.1), (0.0, 0.0, 0.2), (1.0, 2.0, 1.0), strict=True)
]
ALPHA = {
    "Meta Data": {"1. Information": "Daily Prices"},
    "Time Series (Daily)": {
        str(day): {"1. open": "1", "2. high": "2", "3. low": "0.5", "4. close": close, "5. volume": "9"}
        for day, close in zip(DAYS[::-1], ("1.3", "1.2", "1.1"), strict=True)
    },
}
BIS = "DATAFLOW,FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE\n" + "".join(
    f"BIS:WS_EER(1.0),D,CN,{day},{value}\n" for day, value in zip(DAYS, (98.5, "NaN", 99.0), strict=True)
)
# Payrolls: the first value was there before anybody recorded when; the second was revised after two days.
ALFRED = {
    "observations": [
        {"realtime_start": since, "realtime_end": "9999-12-31", "date": str(day), "value": value}
        for since, day, value in (
            ("2024-01-05", date(2024, 1, 1), "100"),
            ("2024-02-02", DAYS[0], "103"),
            ("2024-02-04", DAYS[0], "102.5"),
            ("2024-02-09", DAYS[1], "104"),
            ("2024-02-16", DAYS[2], "104.5"),
            ("2024-02-23", DAYS[2], "."),
        )
    ]
}
FIELDS = ["ts_code", "trade_date", "open", "high", "low", "close", "vol"]
TUSHARE = {
    "code": 0,
    "msg": None,
    "data": {
        "fields": FIELDS,
        "items": [
            ["X", f"{day:%Y%m%d}", 1, 2, 0.5, c, 9]
            for day, c in zip(DAYS[::-1], (1.3, 1.2, 1.1), strict=True)
        ],
    },
}


def told(value, status=200):
    body = (
        value
        if isinstance(value, bytes)
        else value.encode()
        if isinstance(value, str)
        else json.dumps(value).encode()
    )
    return Answer(body, status)


def japan(path):
    return told((MOF_NOW if path.endswith("jgbcme.csv") else MOF_ALL).encode("cp932"))


# Provider: symbol, what is answered, closes, what must stand in the address.
GOOD = {
    "ecb": ("USDJPY", told(zipped(ECB)), [155.91 / 1.0956, 155.97 / 1.0919, 158.45 / 1.0921], ""),
    "h10": ("USDJPY", told(H10), [142.10, 143.20, 144.60], "rel=H10&series=60f32914ab61dfab590e0e470153e3ae"),
    "mof": ("10Y", japan, [0.61, 0.62, 0.63], "historical/jgbcme_all.csv"),
    "bis": ("WS_EER/D.R.B.CN", told(BIS.replace("NaN", "98.7")), [98.5, 98.7, 99.0], "D.R.B.CN?format=csv"),
    "alfred": ("PAYEMS:change:0", told(ALFRED), [3.0, 1.5, 0.5], "series_id=PAYEMS&file_type=json"),
    "stooq": ("gc.f", told(STOOQ), [1.1, 1.2, 1.3], "s=gc.f&i=d&d1=20240102&d2=20240105"),
    "naver": ("KOSDAQ", told(NAVER.encode("cp949")), [878.93, 871.57, 878.33], "symbol=KOSDAQ&timeframe=day"),
    "tiingo": ("AAPL", told(TIINGO), [8.0, 4.0, 4.1], "AAPL/prices?startDate=2024-01-02&format=json"),
    "alphavantage": ("IBM", told(ALPHA), [1.1, 1.2, 1.3], "function=TIME_SERIES_DAILY&symbol=IBM"),
    "tushare": ("index_daily:000001.SH", told(TUSHARE), [1.1, 1.2, 1.3], ""),
}
PAGE = told("<!DOCTYPE html><html>captcha</html>")
# Provider, symbol, answer, kind, words; beside those that all share.
BAD = [
    *((name, symbol, PAGE, "malformed", "") for name, (symbol, *_) in GOOD.items()),
    *((name, symbol, told("", 429), "rate_limited", "429") for name, (symbol, *_) in GOOD.items()),
    *((name, symbol, told("日期".encode("gbk")), "malformed", "") for name, (symbol, *_) in GOOD.items()),
    *((name, symbol, Answer(b"x", truncate=True), "transient", "") for name, (symbol, *_) in GOOD.items()),
    ("ecb", "USDXXX", told(zipped(ECB)), "not_found", "currencies of the file"),
    ("ecb", "USDJPY", told(zipped(ECB.replace("JPY", "YEN"))), "not_found", "USDJPY"),
    ("ecb", "USDJPY", told(zipped(ECB.replace("Date", "Day"))), "malformed", "Date must be the first column"),
    ("ecb", "USDJPY", told(zipped(ECB.replace("155.91", "n o"))), "malformed", "row 3 is broken"),
    ("ecb", "USDJPY", told(zipped(ECB, "other.csv")), "malformed", "eurofxref-hist.csv was expected"),
    ("ecb", "USDJPY", told(zipped(ECB)[:90]), "malformed", "archive"),
    ("h10", "USDXXX", told(H10), "not_found", "must be one of AUDUSD"),
    ("h10", "USDJPY", told(H10.replace("RXI_N.B.JA", "RXI_N.B.JP")), "malformed", "Time Period,RXI_N.B.JA"),
    ("h10", "USDJPY", told("No data\n"), "malformed", "'Time Period' was expected"),
    ("mof", "11Y", told(""), "not_found", "1Y, 2Y"),
    ("mof", "10Y", told(MOF_ALL.replace("10Y", "10 years")), "malformed", "the columns must be Date,10Y"),
    ("bis", "WS_EER", told(BIS), "not_found", "FLOW/KEY of one series"),
    ("bis", "WS_EER/M.R.B.CN+JP", told(BIS), "not_found", "FLOW/KEY of one series"),
    ("bis", "WS_EER/D.R.B.CN", told(BIS.replace("OBS_VALUE", "VALUE")), "malformed", "OBS_VALUE were exp"),
    ("bis", "WS_EER/D.R.B.CN", told(BIS.replace(str(DAYS[0]), "2024-W01")), "malformed", "line 2 is broken"),
    ("bis", "WS_EER/D.R.B.", told(BIS + BIS.split("\n", 1)[1]), "malformed", "stands twice"),
    ("bis", "WS_EER/D.R.B.XX", told("", 404), "not_found", "404"),
    ("alfred", "PAYEMS", told(ALFRED), "not_found", "SERIES:change:DAYS"),
    ("alfred", "PAYEMS:change:0", told({"error_code": 400}, 400), "malformed", "400"),
    ("alfred", "PAYEMS:change:0", told({"x": []}), "malformed", "a list of observations"),
    ("alfred", "PAYEMS:change:0", told({"observations": [{"date": "x"}]}), "malformed", "observation 1"),
    ("stooq", "nope", told("No data"), "not_found", "no data"),
    ("stooq", "gc.f", told("Get your apikey:\n\n1. Open ..."), "auth", "asks for a key"),
    ("stooq", "gc.f", told("Exceeded the daily hits limit"), "rate_limited", "limit of a day"),
    ("stooq", "gc.f", told(STOOQ.replace("Close", "Zamkniecie")), "malformed", "Date,Open,High,Low,Close"),
    ("stooq", "gc.f", told(STOOQ.splitlines()[0] + "\n"), "empty", "no session"),
    ("stooq", "gc.f", told(STOOQ + "2024-01-08,1,2\n"), "malformed", "row 4 is broken"),
    ("naver", "NONE", told('<chartdata symbol="NONE"></chartdata>'), "not_found", "may be unknown"),
    (
        "naver",
        "KOSDAQ",
        told(NAVER.replace("878.33", "many").encode("cp949")),
        "malformed",
        "row 3 is broken",
    ),
    ("tiingo", "NOPE", told({"detail": "Not found."}, 404), "not_found", "404"),
    ("tiingo", "AAPL", told([]), "empty", "no session"),
    ("tiingo", "AAPL", told({"detail": "x"}), "malformed", "a list of sessions"),
    ("tiingo", "AAPL", told([{"date": "2024-01-02", "open": 1}]), "malformed", "must have 'high'"),
    (
        "tiingo",
        "AAPL",
        told("Error: You have run over your hourly request allocation limit"),
        "rate_limited",
        "",
    ),
    ("alphavantage", "NO", told({"Error Message": "Invalid API call."}), "not_found", "symbol"),
    (
        "alphavantage",
        "NO",
        told({"Error Message": "the parameter apikey is invalid or missing."}),
        "auth",
        "key",
    ),
    (
        "alphavantage",
        "IBM",
        told({"Note": "Our standard API call frequency is 5 calls"}),
        "rate_limited",
        "limit",
    ),
    (
        "alphavantage",
        "IBM",
        told({"Information": "rate limit is 25 requests per day"}),
        "rate_limited",
        "limit",
    ),
    ("alphavantage", "IBM", told({"Information": "This is a premium endpoint."}), "unsupported", "paid"),
    ("alphavantage", "IBM", told({}), "malformed", "'Time Series' was expected"),
    ("tushare", "daily_news:1", told(TUSHARE), "not_found", "must be one of index_daily"),
    ("tushare", "index_daily:X", told({"code": 2002, "msg": "x"}), "auth", "refuses the token"),
    ("tushare", "index_daily:X", told({"code": 40203, "msg": "x"}), "rate_limited", "limit of index_daily"),
    ("tushare", "index_daily:X", told({"code": -1, "msg": "x"}), "malformed", "code 0 was expected, got -1"),
    (
        "tushare",
        "index_daily:X",
        told({"code": 0, "data": {"fields": FIELDS, "items": [["X"]]}}),
        "malformed",
        "items",
    ),
]

"""Exports of vendors as they come, made from invented numbers: a maker and the column that is read."""

import numpy as np
import pandas as pd

DAYS = pd.bdate_range("2024-01-02", periods=40)
CLOSES = np.round(1326.2 + 3.21 * np.arange(40), 2)


def lines(header, row, days=DAYS, form="%Y-%m-%d", end=""):
    rows = [row(day.strftime(form), close) for day, close in zip(days, CLOSES, strict=False)]
    return "\n".join([header, *rows, end]) if end else "\n".join([header, *rows, ""])


def yahoo():
    return lines("Date,Open,High,Low,Close,Adj Close,Volume", lambda d, c: f"{d},1,2,1,{4 * c},{c},900")


def yfinance():
    head = "Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,"
    return lines(head, lambda d, c: f"{d},{c},2,1,1,900")


def tiingo():
    head = "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor"
    return lines(head, lambda d, c: f"{d} 00:00:00+00:00,{4 * c},1,1,1,1,{c},1,1,1,1,0.0,1.0")


def alpha_vantage():
    text = lines("timestamp,open,high,low,close,volume", lambda d, c: f"{d},1,2,1,{c},900")
    head, *rows = text.strip().split("\n")
    return "\n".join([head, *rows[::-1], ""])


def alpha_vantage_adjusted():
    head = "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient"
    return lines(head, lambda d, c: f"{d},1,2,1,{2 * c},{c},900,0.0,1.0")


def fred():
    return lines("observation_date,NASDAQCOM", lambda d, c: f"{d},{c}") + "2024-02-27,\n2024-02-28,.\n"


def investing():
    head = '"Date","Price","Open","High","Low","Vol.","Change %"'
    row = '"{0}","{1:,.2f}","1,0.00","1","1","12.34K","0.10%"'
    return "\ufeff" + lines(head, lambda d, c: row.format(d, c), form="%m/%d/%Y")


def investing_abroad():
    def plain(day, close):
        number = f"{close:,.2f}".translate(str.maketrans(",.", ".,"))
        return f'"{day}","{number}","1,00","1,00","1,00","12,34K","0,10%"'

    head = '"Fecha","Último","Apertura","Máximo","Mínimo","Vol.","% var."'
    return "\ufeff" + lines(head, plain, form="%d.%m.%Y")


def nasdaq():
    return lines(
        "Date,Close/Last,Volume,Open,High,Low", lambda d, c: f"{d},${c},900,$1,$2,$1", form="%m/%d/%Y"
    )


def stooq():
    return lines("Date,Open,High,Low,Close,Volume", lambda d, c: f"{d},1,2,1,{c},900")


def krx():
    row = '"{0}","{1:,.2f}","1","0.1","1","3","0.5","1,154,417"'
    head = '"일자","종가","대비","등락률","시가","고가","저가","거래량"'
    return lines(head, lambda d, c: row.format(d, c), form="%Y/%m/%d").encode("cp949")


def wind():
    text = lines(
        "日期,开盘价(元),收盘价(元),成交量(股)", lambda d, c: f"{d},1,{c},900", end="数据来源：Wind,,,\n"
    )
    return text.encode("gb18030")


def german():
    def plain(day, close):
        return f"{day};" + f"{close:,.2f}".translate(str.maketrans(",.", ".,"))

    return lines("Datum;Schlusskurs", plain, form="%d.%m.%Y").encode("cp1252")


def metatrader():
    head = "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>"
    return lines(head, lambda d, c: f"{d}\t1\t2\t1\t{c}\t5", days=HOURS, form="%Y.%m.%d\t%H:%M:%S")


def cryptodatadownload():
    head = "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC"
    return lines(head, lambda d, c: f"1704153600,{d} 00:00:00,BTC/USD,1,2,1,{c},5")


def choice():
    head = "000001.SH,上证指数,,,\n日期,开盘价,最高价,最低价,收盘价"
    end = "\n,数据来源：东方财富Choice数据,,,\n"
    return lines(head, lambda d, c: f"{d},1,2,1,{c}", end=end).encode("gb18030")


def wind_database():
    head = "指标名称,现货价:黄金\n频率,日\n单位,元/克\n来源,上海金交所"
    return lines(head, lambda d, c: f"{d},{c}", end="数据来源：Wind,\n").encode("gb18030")


def metatrader_4():
    def bar(day, close):
        first = close - 3.21
        return f"{day},{first:.2f},{close + 1:.2f},{first - 1:.2f},{close:.2f},123"

    return lines("", bar, days=HOURS, form="%Y.%m.%d,%H:%M").lstrip()


def currency_codes():
    return lines("Date,Close", lambda d, c: f'{d},"USD {c:,.2f}"')


def months():
    return lines("date,close", lambda d, c: f"{d},{c}", days=MONTHS, form="%Y-%m")


def without_mark():
    return lines("Date\tClose", lambda d, c: f"{d}\t{c}").encode("utf-16-le")


def printed():
    below = "Average,1388.8\nTotal,55552\n"
    head, *rows = lines("Date,Close", lambda d, c: f"{d},{c}", end=below).split("\n")
    return "\n".join([head, *rows[:20], head, *rows[20:]])


HOURS = pd.date_range("2024-01-02", periods=40, freq="h")
MONTHS = pd.date_range("2020-01", periods=40, freq="ME")
EXPORTS = {
    "Yahoo, web download": (yahoo, "Adj Close"),
    "yfinance, `to_csv`": (yfinance, "Close"),
    "Tiingo": (tiingo, "adjClose"),
    "Alpha Vantage": (alpha_vantage, "close"),
    "Alpha Vantage, adjusted": (alpha_vantage_adjusted, "adjusted_close"),
    "FRED": (fred, "NASDAQCOM"),
    "investing.com": (investing, "Price"),
    "investing.com, abroad": (investing_abroad, "Último"),
    "Nasdaq.com": (nasdaq, "Close/Last"),
    "Stooq": (stooq, "Close"),
    "KRX": (krx, "종가"),
    "Wind, Choice": (wind, "收盘价(元)"),
    "German broker": (german, "Schlusskurs"),
    "MetaTrader": (metatrader, "<CLOSE>"),
    "CryptoDataDownload": (cryptodatadownload, "close"),
    "Choice": (choice, "收盘价"),
    "Wind, economic database": (wind_database, "现货价:黄金"),
    "MetaTrader 4": (metatrader_4, "close"),
    "Broker, currency in each cell": (currency_codes, "Close"),
    "Statistics, months": (months, "close"),
    "Windows, Unicode text": (without_mark, "Close"),
    "Printed tables": (printed, "Close"),
}

//! Titles of what can go wrong with a request over HTTP, in both languages: a program reads the type, a person the
//! title, and which language that person reads is not known yet when a request is refused.

pub const NO_TOKEN: &str = "需要口令 a bearer token is needed";
pub const MISDIRECTED: &str = "主机名不对 this host name is not served";
pub const TOO_MANY: &str = "问得太快，请稍候 too many requests, wait a little";
pub const TOO_SLOW: &str = "超时 the request took too long";
pub const TOO_LARGE: &str = "内容过大 the body is too large";
pub const NOT_JSON: &str = "请用 application/json the body must be application/json";
pub const BAD_JSON: &str = "JSON 有误 the body cannot be read";
pub const BAD_QUERY: &str = "参数有误 the query parameters cannot be read";
pub const BAD_VALUE: &str = "取值有误 a value is not valid";
pub const NO_REPORT: &str = "没有这份报告 there is no such report";
pub const NO_PASSAGE: &str = "没有这一句 the report has no such passage";
pub const NO_ROUTE: &str = "没有这个地址 there is nothing here";
pub const NO_METHOD: &str = "方法不对 this method is not allowed here";
pub const UNREADABLE: &str = "索引暂时读不出来 the index cannot be read for now";
pub const OURS: &str = "程序自身出错 the program has failed";

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "yolofleet/error.hpp"

namespace yolofleet::command {

/// The answer of a server to a request.
struct HttpAnswer {
  std::string body;
  std::string type = "text/plain; charset=utf-8";
  int status = 200;
};

/// Where a server listens, and the option that asks for it, for messages.
struct HttpPlace {
  std::string option;   ///< "--metrics-port"
  std::string address;  ///< of this machine
  int port = 0;         ///< 0: any free one
  /// Answer only if the client asks for 127.0.0.1, localhost or `address`: a page of the web whose
  /// name leads here gets nothing.
  bool only_by_address = false;
};

/// A small web server for GET and HEAD, on threads of its own, as long as it lives.
class HttpServer {
 public:
  /// Gets the text that the path's pattern captured; "" if it captures none.
  using Handler = std::function<HttpAnswer(const std::string& captured)>;

  /// `handlers`: by the regular expression of the whole path. What they use must outlive the
  /// server; several threads call them. Errors: kInvalidArgument (the port is taken, or the address
  /// isn't this machine's), kUnsupported (the build has no server).
  static Result<std::unique_ptr<HttpServer>> open(const HttpPlace& place,
                                                  const std::map<std::string, Handler>& handlers);

  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  /// "http://127.0.0.1:9090"
  const std::string& url() const noexcept { return url_; }

 private:
  struct Http;
  HttpServer(std::unique_ptr<Http> http, std::string url);

  std::unique_ptr<Http> http_;
  std::string url_;
};

}  // namespace yolofleet::command

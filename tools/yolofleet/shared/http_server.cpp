#include "shared/http_server.hpp"

#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "shared/fail.hpp"

namespace yolofleet::command {
namespace {

constexpr std::size_t kThreads = 2;
constexpr int kPatience = 1;  // seconds, with a slow client
constexpr std::size_t kLongestBody = 1024;

/// Not httplib's own, which lets several processes listen at one port.
void allow_quick_reuse(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

/// Whether the client asks for this machine by an address, as "127.0.0.1:8080".
bool asks_by_address(const httplib::Request& request, const std::string& address) {
  const std::string host = request.get_header_value("Host");
  const std::string name = host.substr(0, host.rfind(':'));
  return name == "127.0.0.1" || name == "localhost" || name == address;
}

httplib::Server::HandlerResponse refuse(const httplib::Request& request,
                                        httplib::Response& response, const HttpPlace& place) {
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;  // httplib would answer 400
    response.set_header("Allow", "GET, HEAD");
    return httplib::Server::HandlerResponse::Handled;
  }
  if (place.only_by_address && !asks_by_address(request, place.address)) {
    response.status = 403;
    response.set_content("The page is shown only at an address of this machine, as 127.0.0.1.\n",
                         "text/plain");
    return httplib::Server::HandlerResponse::Handled;
  }
  return httplib::Server::HandlerResponse::Unhandled;
}

void set_up(httplib::Server& server, const HttpPlace& place) {
  server.set_socket_options(allow_quick_reuse);
  server.set_keep_alive_max_count(1);  // a kept connection would delay the end of the run
  server.set_keep_alive_timeout(kPatience);
  server.set_read_timeout(kPatience);
  server.set_write_timeout(kPatience);
  server.set_payload_max_length(kLongestBody);
  server.set_pre_routing_handler(
      [place](const httplib::Request& request, httplib::Response& response) {
        return refuse(request, response, place);
      });
}

void add(httplib::Server& server, const std::string& path, const HttpServer::Handler& handler) {
  server.Get(path, [handler](const httplib::Request& request, httplib::Response& response) {
    const HttpAnswer answer = handler(request.matches.size() > 1 ? request.matches[1].str() : "");
    response.status = answer.status;
    response.set_header("Cache-Control", "no-store");
    const char* const type = answer.type.c_str();  // as older versions of httplib take it
    response.set_content(answer.body, type);
  });
}

}  // namespace

struct HttpServer::Http {
  httplib::Server server;
  std::atomic<bool> ready{false};  ///< all threads of the server have started
  std::atomic<bool> ended{false};
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Http> http, std::string url)
    : http_(std::move(http)), url_(std::move(url)) {
  http_->server.new_task_queue = [http = http_.get()] {
    auto threads = std::make_unique<httplib::ThreadPool>(kThreads);
    http->ready = true;
    return threads.release();
  };
  http_->thread = std::thread([http = http_.get()] {
    http->server.listen_after_bind();
    http->ended = true;
  });
  // Until then the server can't be stopped. Also, no thread can start while a library is being
  // loaded.
  while (!http_->ready && !http_->ended) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

HttpServer::~HttpServer() {
  http_->server.stop();
  http_->thread.join();
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(
    const HttpPlace& place, const std::map<std::string, Handler>& handlers) {
  auto http = std::make_unique<Http>();
  set_up(http->server, place);
  for (const auto& [path, handler] : handlers) {
    add(http->server, path, handler);
  }
  errno = 0;
  const char* const host = place.address.c_str();  // older versions of httplib take a const char*
  int bound = place.port;
  if (bound == 0) {
    bound = http->server.bind_to_any_port(host);
  } else if (!http->server.bind_to_port(host, bound)) {
    bound = -1;
  }
  if (bound < 0) {
    const int reason = errno;
    return fail(ErrorCode::kInvalidArgument, "{} {}: can't listen at {}: {}", place.option,
                place.port, place.address, reason == 0 ? "no such address" : std::strerror(reason));
  }
  const bool ip_version_6 = place.address.find(':') != std::string::npos;
  std::string url =
      fmt::format("http://{}:{}", ip_version_6 ? '[' + place.address + ']' : place.address, bound);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(http), std::move(url)));
}

}  // namespace yolofleet::command

#include "detect/metrics_server.hpp"

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

void set_up(httplib::Server& server, const LiveRun& run) {
  server.set_socket_options(allow_quick_reuse);
  server.set_keep_alive_max_count(1);  // a kept connection would delay the end of the run
  server.set_keep_alive_timeout(kPatience);
  server.set_read_timeout(kPatience);
  server.set_write_timeout(kPatience);
  server.set_payload_max_length(kLongestBody);
  server.set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
    if (request.method == "GET" || request.method == "HEAD") {
      return httplib::Server::HandlerResponse::Unhandled;
    }
    response.status = 405;  // httplib would answer 400
    response.set_header("Allow", "GET, HEAD");
    return httplib::Server::HandlerResponse::Handled;
  });
  server.Get("/metrics", [&run](const httplib::Request& /*request*/, httplib::Response& response) {
    response.set_content(metrics_text(run.now()), "text/plain; version=0.0.4; charset=utf-8");
  });
  server.Get("/healthz", [&run](const httplib::Request& /*request*/, httplib::Response& response) {
    const std::string why = troubles(run.now());
    response.status = why.empty() ? 200 : 503;
    response.set_content(why.empty() ? "ok\n" : why, "text/plain; charset=utf-8");
  });
}

}  // namespace

struct MetricsServer::Http {
  httplib::Server server;
  std::atomic<bool> ready{false};  ///< all threads of the server have started
  std::atomic<bool> ended{false};
  std::thread thread;
};

MetricsServer::MetricsServer(std::unique_ptr<Http> http, std::string url)
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

MetricsServer::~MetricsServer() {
  http_->server.stop();
  http_->thread.join();
}

Result<std::unique_ptr<MetricsServer>> MetricsServer::open(const std::string& address, int port,
                                                           const LiveRun& run) {
  auto http = std::make_unique<Http>();
  set_up(http->server, run);
  errno = 0;
  const char* const host = address.c_str();  // older versions of httplib take a const char*
  int bound = port;
  if (port == 0) {
    bound = http->server.bind_to_any_port(host);
  } else if (!http->server.bind_to_port(host, port)) {
    bound = -1;
  }
  if (bound < 0) {
    const int reason = errno;
    return fail(ErrorCode::kInvalidArgument, "--metrics-port {}: can't listen at {}: {}", port,
                address, reason == 0 ? "no such address" : std::strerror(reason));
  }
  const bool ip_version_6 = address.find(':') != std::string::npos;
  std::string url =
      fmt::format("http://{}:{}/metrics", ip_version_6 ? '[' + address + ']' : address, bound);
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(http), std::move(url)));
}

}  // namespace yolofleet::command

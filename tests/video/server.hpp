#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace yolofleet::video {

/// A connection of a Server. It is closed when its handler returns.
class Connection {
 public:
  Connection(int socket, const std::atomic<bool>& ended) : socket_(socket), ended_(ended) {}

  /// The bytes that the client has sent so far.
  std::string receive() const;
  /// Returns early if the client leaves.
  void send(std::string_view bytes) const;
  /// Returns when the test ends, or when the client leaves.
  void stay_silent() const;

 private:
  int socket_;
  const std::atomic<bool>& ended_;
};

/// Listens on a port of 127.0.0.1 and handles one connection after the other, in a thread.
class Server {
 public:
  explicit Server(std::function<void(const Connection&)> handler);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// "tcp://127.0.0.1:1234" with the scheme "tcp".
  std::string address(const std::string& scheme) const;

 private:
  void run();

  std::function<void(const Connection&)> handler_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

/// A response of HTTP, whose `length` may be more than the body has.
std::string http_response(const std::string& body, std::size_t length);
std::string http_response(const std::string& body);

/// Bytes without meaning.
std::string noise(std::size_t count);

}  // namespace yolofleet::video

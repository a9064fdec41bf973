#include "video/server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace yolofleet::video {
namespace {

constexpr int kPause = 20;  // milliseconds between two looks whether the test has ended

bool is_readable(int socket) {
  pollfd waiting{socket, POLLIN, 0};
  return ::poll(&waiting, 1, kPause) > 0;
}

}  // namespace

std::string Connection::receive() const {
  std::array<char, 4096> bytes{};
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  return {bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

void Connection::send(std::string_view bytes) const {
  while (!bytes.empty() && !ended_) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Connection::stay_silent() const {
  while (!ended_ && (!is_readable(socket_) || !receive().empty())) {
  }
}

Server::Server(std::function<void(const Connection&)> handler) : handler_(std::move(handler)) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket_, any, size) != 0 || ::listen(socket_, 4) != 0 ||
      ::getsockname(socket_, any, &size) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Server::~Server() {
  ended_ = true;
  thread_.join();
  ::close(socket_);
}

void Server::run() {
  while (!ended_) {
    if (!is_readable(socket_)) {
      continue;
    }
    const int connected = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    handler_(Connection(connected, ended_));
    ::shutdown(connected, SHUT_WR);
    ::close(connected);
  }
}

std::string Server::address(const std::string& scheme) const {
  return fmt::format("{}://127.0.0.1:{}", scheme, port_);
}

std::string http_response(const std::string& body, std::size_t length) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", length) +
         body;
}

std::string http_response(const std::string& body) {
  return http_response(body, body.size());
}

std::string noise(std::size_t count) {
  std::string bytes;
  for (unsigned number = 1; bytes.size() < count; number = number * 1664525 + 1013904223) {
    bytes += static_cast<char>(number >> 24);
  }
  return bytes;
}

}  // namespace yolofleet::video

// Takes the place of http_server.cpp in a build without cpp-httplib.
#include "shared/fail.hpp"
#include "shared/http_server.hpp"

namespace yolofleet::command {

struct HttpServer::Http {};

HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::open(
    const HttpPlace& place, const std::map<std::string, Handler>& /*handlers*/) {
  return fail(ErrorCode::kUnsupported,
              "{} {}: this yolofleet was built without the web server (CMake option "
              "YOLOFLEET_METRICS, which needs cpp-httplib)",
              place.option, place.port);
}

}  // namespace yolofleet::command

#include "view/server.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "run/video_report.hpp"
#include "view/page.hpp"

namespace yolofleet::command {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kHere = "127.0.0.1";

HttpAnswer frame(ViewBoard& board, const std::string& number) {
  std::size_t video = board.size();
  std::from_chars(number.data(), number.data() + number.size(), video);
  if (auto jpeg = board.jpeg(video)) {
    return {*std::move(jpeg), "image/jpeg"};
  }
  return {"no picture yet\n", "text/plain", 404};
}

}  // namespace

std::string view_status(const Snapshot& run) {
  return Json{{"sources", videos_json(run.videos)}}.dump(-1, ' ', false,
                                                         Json::error_handler_t::replace);
}

Result<std::unique_ptr<HttpServer>> open_view(int port, const LiveRun& run, ViewBoard& board) {
  return HttpServer::open({"--view", kHere, port, true},
                          {{"/",
                            [](const std::string& /*captured*/) {
                              return HttpAnswer{kViewPage, "text/html; charset=utf-8"};
                            }},
                           {"/status",
                            [&run](const std::string& /*captured*/) {
                              return HttpAnswer{view_status(run.now()), "application/json"};
                            }},
                           {"/frame/(\\d{1,9})", [&board](const std::string& captured) {
                              return frame(board, captured);
                            }}});
}

}  // namespace yolofleet::command

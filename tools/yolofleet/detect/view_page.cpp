#include "detect/view_page.hpp"

#include <fmt/format.h>

#include "shared/text.hpp"

namespace yolofleet::command {

std::unique_ptr<ViewBoard> make_board(const DetectArguments& arguments, std::size_t videos) {
  return arguments.video.view ? std::make_unique<ViewBoard>(videos) : nullptr;
}

Result<std::unique_ptr<HttpServer>> serve_view(const DetectArguments& arguments,
                                               const LiveRun& live, ViewBoard* board) {
  if (board == nullptr) {
    return nullptr;
  }
  auto server = open_view(*arguments.video.view, live, *board);
  if (server && !arguments.quiet) {
    say(fmt::format("yolofleet: the videos are shown at {}/\n", (*server)->url()));
  }
  return server;
}

void add_view_sink(const DetectArguments& arguments, ViewBoard* board,
                   std::span<const std::string> names, std::vector<std::unique_ptr<Sink>>& sinks) {
  if (board != nullptr) {
    sinks.push_back(
        make_view_sink(*board, {names.begin(), names.end()}, !arguments.outputs.annotated.empty()));
  }
}

std::function<bool(const Frame&)> draws_frame(const DetectArguments& arguments, ViewBoard* board) {
  if (!arguments.outputs.annotated.empty()) {
    return [](const Frame& /*frame*/) { return true; };
  }
  if (board != nullptr) {
    return [board](const Frame& frame) { return board->wants(frame); };
  }
  return nullptr;
}

}  // namespace yolofleet::command

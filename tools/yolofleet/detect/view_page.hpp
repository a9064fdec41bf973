#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "detect/options.hpp"
#include "run/live_run.hpp"
#include "view/server.hpp"

namespace yolofleet::command {

/// The board of --view; null unless the user asks for the page.
std::unique_ptr<ViewBoard> make_board(const DetectArguments& arguments, std::size_t videos);

/// Serves the page and prints where; null without a board. Errors: open_view's.
Result<std::unique_ptr<HttpServer>> serve_view(const DetectArguments& arguments,
                                               const LiveRun& live, ViewBoard* board);

/// Adds the sink that fills the board; nothing without a board, which must outlive the sinks.
void add_view_sink(const DetectArguments& arguments, ViewBoard* board,
                   std::span<const std::string> names, std::vector<std::unique_ptr<Sink>>& sinks);

/// As RunParts::draws_frame; `board` may be null.
std::function<bool(const Frame&)> draws_frame(const DetectArguments& arguments, ViewBoard* board);

}  // namespace yolofleet::command

#pragma once

#include <memory>
#include <string>

#include "run/live_run.hpp"
#include "shared/http_server.hpp"
#include "view/board.hpp"

namespace yolofleet::command {

/// The state of the videos of a run as JSON: {"sources": [{"source", "live", "frames", "dropped",
/// "reconnects", "latency_median_seconds", "latency_p99_seconds"}]}; a latency is null if none is
/// measured.
std::string view_status(const Snapshot& run);

/// Serves the page of --view, only on 127.0.0.1:
/// - /: the page
/// - /status: `view_status`
/// - /frame/N: the newest picture of the video N as JPEG, or 404
/// `run` and `board` must outlive the server. Errors: HttpServer's.
Result<std::unique_ptr<HttpServer>> open_view(int port, const LiveRun& run, ViewBoard& board);

}  // namespace yolofleet::command

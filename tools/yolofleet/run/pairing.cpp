#include "run/pairing.hpp"

#include <utility>

namespace yolofleet::command {
namespace {

Outcome outcome_of(Pending pending, PictureResult result) {
  Outcome outcome{pending.index, std::move(pending.entry), std::move(result)};
  outcome.result.index = pending.index;
  return outcome;
}

}  // namespace

bool Pairing::pull() {
  auto pending = queue_.pop();
  if (!pending) {
    return false;
  }
  if (pending->ticket) {
    const std::uint64_t ticket = *pending->ticket;
    waiting_.emplace(ticket, std::move(*pending));
  } else {
    refused_.push_back(std::move(*pending));
  }
  return true;
}

Outcome Pairing::take_refused() {
  Pending pending = std::move(refused_.front());
  refused_.pop_front();
  PictureResult result;
  result.error = pending.entry.error;
  return outcome_of(std::move(pending), std::move(result));
}

std::optional<Outcome> Pairing::take() {
  if (refused_.empty() && waiting_.empty() && !pull()) {
    return std::nullopt;
  }
  if (!refused_.empty()) {
    return take_refused();
  }
  auto result = next_();
  if (!result) {
    result.emplace();
    result->index = waiting_.begin()->first;
    result->error =
        Error{ErrorCode::kInternal, "the detector ended before it gave this picture's result"};
  }
  // A result may be there before its picture is in the queue, which it soon is.
  auto found = waiting_.find(result->index);
  while (found == waiting_.end() && pull()) {
    found = waiting_.find(result->index);
  }
  if (found == waiting_.end()) {
    found = waiting_.begin();
    result->error = Error{ErrorCode::kInternal, "the detector gave a result that fits no picture"};
    result->detections.clear();
  }
  Pending pending = std::move(found->second);
  waiting_.erase(found);
  return outcome_of(std::move(pending), *std::move(result));
}

void Pairing::drain() {
  do {
    for (; !waiting_.empty(); waiting_.erase(waiting_.begin())) {
      next_();
    }
    refused_.clear();
  } while (pull());
}

}  // namespace yolofleet::command

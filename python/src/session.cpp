#include "session.hpp"

#include <any>
#include <utility>

namespace yolofleet::python {
namespace {

tl::unexpected<Error> closed() {
  return tl::unexpected(Error{ErrorCode::kCancelled, "the detector was closed"});
}

}  // namespace

struct Session::Tag {
  std::shared_ptr<Inbox> inbox;
  std::uint64_t place;  // in the inbox
  std::uint64_t key;
};

/// While it exists, the collector takes results.
class Session::Wanting {
 public:
  explicit Wanting(Session& session) : session_(session) {
    const std::lock_guard lock{session_.mutex_};
    ++session_.want_;
    session_.wanted_.notify_one();
  }
  Wanting(const Wanting&) = delete;
  Wanting& operator=(const Wanting&) = delete;
  ~Wanting() {
    const std::lock_guard lock{session_.mutex_};
    --session_.want_;
  }

 private:
  Session& session_;
};

Session::Session(Detector detector)
    : detector_(std::make_shared<Detector>(std::move(detector))),
      collector_([this] { collect(); }) {}

Session::~Session() {
  close();
}

void Session::close() {
  std::thread collector;
  std::shared_ptr<Detector> detector;
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
    std::swap(collector, collector_);
    std::swap(detector, detector_);
    wanted_.notify_all();
    came_.notify_all();
  }
  if (detector) {
    detector->finish();
  }
  if (collector.joinable()) {
    collector.join();
  }
}

std::shared_ptr<Detector> Session::detector() const {
  const std::lock_guard lock{mutex_};
  return detector_;
}

std::shared_ptr<Inbox> Session::open_inbox(bool eager) {
  auto inbox = std::make_shared<Inbox>();
  const std::lock_guard lock{mutex_};
  inbox->eager = eager;
  if (eager) {
    ++want_;
    wanted_.notify_one();
  }
  return inbox;
}

void Session::close_inbox(Inbox& inbox) {
  const std::lock_guard lock{mutex_};
  if (std::exchange(inbox.closed, true)) {
    return;
  }
  if (inbox.eager) {
    --want_;
  }
  for (const PictureResult& result : inbox.results) {
    dropped_.push_back(std::any_cast<std::uint64_t>(result.tag));
  }
  inbox.results.clear();
}

Result<bool> Session::try_submit(Picture& picture, const std::shared_ptr<Inbox>& inbox,
                                 std::uint64_t key) {
  const auto open = detector();
  if (!open) {
    return closed();
  }
  const auto ticket = open->try_submit(picture, Tag{inbox, inbox->submitted, key});
  if (!ticket) {
    return tl::unexpected(ticket.error());
  }
  if (!*ticket) {
    return false;
  }
  const std::lock_guard lock{mutex_};
  ++inbox->submitted;
  return true;
}

Result<void> Session::submit_error(Error error, const std::shared_ptr<Inbox>& inbox,
                                   std::uint64_t key) {
  const auto open = detector();
  if (!open) {
    return closed();
  }
  const Wanting wanting(*this);
  const auto ticket = open->submit_error(std::move(error), Tag{inbox, inbox->submitted, key});
  if (!ticket) {
    return tl::unexpected(ticket.error());
  }
  const std::lock_guard lock{mutex_};
  ++inbox->submitted;
  return {};
}

Result<std::optional<Session::Keyed>> Session::next(Inbox& inbox,
                                                    std::chrono::milliseconds patience) {
  const Wanting wanting(*this);
  std::unique_lock lock{mutex_};
  came_.wait_for(lock, patience, [&] { return closing_ || !inbox.results.empty(); });
  if (closing_) {
    return closed();
  }
  if (inbox.results.empty()) {
    return std::nullopt;
  }
  Keyed keyed{std::move(inbox.results.front()), 0};
  inbox.results.pop_front();
  ++inbox.taken;
  keyed.key = std::any_cast<std::uint64_t>(keyed.result.tag);
  return keyed;
}

void Session::wait_for_room(std::chrono::milliseconds patience) {
  const Wanting wanting(*this);
  std::unique_lock lock{mutex_};
  came_.wait_for(lock, patience);
}

std::uint64_t Session::under_way(const Inbox& inbox) const {
  const std::lock_guard lock{mutex_};
  return inbox.submitted - inbox.taken;
}

std::vector<std::uint64_t> Session::dropped() {
  const std::lock_guard lock{mutex_};
  return std::exchange(dropped_, {});
}

void Session::collect() {
  const auto detector = this->detector();  // before `close` can take it: it joins this thread
  while (detector) {
    {
      std::unique_lock lock{mutex_};
      wanted_.wait(lock, [this] { return closing_ || want_ > 0; });
      if (closing_) {
        return;
      }
    }
    auto result = detector->next();
    if (!result) {
      return;
    }
    hand_out(*std::move(result));
  }
}

void Session::hand_out(PictureResult result) {
  const Tag tag = std::any_cast<const Tag&>(result.tag);
  result.index = tag.place;
  result.tag = tag.key;  // not the inbox, which would own itself
  const std::lock_guard lock{mutex_};
  if (tag.inbox->closed) {
    dropped_.push_back(tag.key);
  } else {
    tag.inbox->results.push_back(std::move(result));
  }
  came_.notify_all();
}

}  // namespace yolofleet::python

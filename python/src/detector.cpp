#include "yolofleet/detector.hpp"

#include <nanobind/nanobind.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bindings.hpp"
#include "build_progress.hpp"
#include "errors.hpp"
#include "options.hpp"
#include "pictures.hpp"
#include "report.hpp"
#include "session.hpp"
#include "unlocked.hpp"
#include "waiting.hpp"

namespace nb = nanobind;

namespace yolofleet::python {
namespace {

using InboxPointer = std::shared_ptr<Inbox>;

/// A Session for Python. The GIL guards its members.
class CoreDetector {
 public:
  CoreDetector(const Model& model, const nb::dict& given, const nb::object& on_build) {
    Options options = options_of(given);
    const auto progress = std::make_shared<BuildProgressQueue>();
    options.on_build = progress->on_build();
    auto detector = wait_for([model, options] { return Detector::open(model, options); },
                             [&] { progress->call(on_build); });
    session_ = std::make_unique<Session>(value(std::move(detector)));
  }
  CoreDetector(const CoreDetector&) = delete;
  CoreDetector& operator=(const CoreDetector&) = delete;
  ~CoreDetector() {
    if (::getpid() != process_) {
      static_cast<void>(session_.release());  // its threads aren't in this process
      return;
    }
    close();
  }

  /// Nothing in a forked child: the detector is its parent's.
  void close() {
    if (::getpid() != process_) {
      return;
    }
    {
      const Unlocked unlocked;
      session_->close();
    }
    kept_.clear();
  }

  InboxPointer open_inbox(bool eager) {
    check_process();
    return session_->open_inbox(eager);
  }

  void close_inbox(const InboxPointer& inbox) {
    if (::getpid() == process_) {
      session_->close_inbox(*inbox);
    }
  }

  /// `attachment` comes back with the result. False: no room now.
  bool try_submit(const InboxPointer& inbox, PendingPicture& picture, nb::object attachment) {
    check_process();
    drop_finished();
    const std::uint64_t key = next_key_++;
    kept_.emplace(
        key, nb::make_tuple(attachment, picture.owner.is_valid() ? picture.owner : nb::none()));
    auto submitted = [&]() -> Result<bool> {
      const Unlocked unlocked;
      if (const auto* const error = std::get_if<Error>(&picture.content)) {
        return session_->submit_error(*error, inbox, key).map([] { return true; });
      }
      return session_->try_submit(std::get<Picture>(picture.content), inbox, key);
    }();
    if (!submitted || !*submitted) {
      kept_.erase(key);
    }
    return value(std::move(submitted));
  }

  /// (attachment, result), or None if none came in time. `wait` false: doesn't wait.
  nb::object next(const InboxPointer& inbox, bool wait) {
    check_process();
    while (true) {
      auto taken = [&] {
        const Unlocked unlocked;
        return session_->next(*inbox, wait ? kLook : std::chrono::milliseconds(0));
      }();
      if (auto keyed = value(std::move(taken))) {
        auto kept_node = kept_.extract(keyed->key);
        if (kept_node.empty()) {  // another thread has closed the detector meanwhile
          raise({ErrorCode::kCancelled, "the detector was closed"});
        }
        const nb::object kept = std::move(kept_node.mapped());
        return nb::make_tuple(kept[0], tuple_of(keyed->result));
      }
      if (!wait) {
        return nb::none();
      }
      raise_if_interrupted();
    }
  }

  void wait_for_room() {
    check_process();
    {
      const Unlocked unlocked;
      session_->wait_for_room(kLook);
    }
    raise_if_interrupted();
  }

  std::uint64_t under_way(const InboxPointer& inbox) const { return session_->under_way(*inbox); }

  std::shared_ptr<Detector> open() const {
    check_process();
    auto detector = session_->detector();
    if (!detector) {
      raise({ErrorCode::kCancelled, "the detector was closed"});
    }
    return detector;
  }

 private:
  void check_process() const {
    if (::getpid() != process_) {
      raise({ErrorCode::kInvalidArgument,
             "the detector was opened before this process was forked; its threads stayed in the "
             "other process. Open a detector in each process"});
    }
  }

  void drop_finished() {
    for (const std::uint64_t key : session_->dropped()) {
      kept_.erase(key);
    }
  }

  pid_t process_ = ::getpid();
  std::unordered_map<std::uint64_t, nb::object> kept_;
  std::uint64_t next_key_ = 0;
  std::unique_ptr<Session> session_;
};

std::vector<std::string> lines(std::span<const std::string> lines) {
  return {lines.begin(), lines.end()};
}

}  // namespace

void bind_detector(nb::module_& module) {
  module.def("working", [] { return working.load(); });
  module.def("end_of_interpreter", &end_of_interpreter);
  module.def("after_fork", [] {
    working = 0;
    forget_threads();
  });
  nb::class_<Inbox>(module, "Inbox");
  nb::class_<CoreDetector>(module, "CoreDetector")
      .def(nb::init<const Model&, const nb::dict&, const nb::object&>(), nb::arg("model"),
           nb::arg("options"), nb::arg("on_build").none())
      .def("close", &CoreDetector::close)
      .def("open_inbox", &CoreDetector::open_inbox)
      .def("close_inbox", &CoreDetector::close_inbox)
      .def("try_submit", &CoreDetector::try_submit, nb::arg("inbox"), nb::arg("picture"),
           nb::arg("attachment").none())
      .def("next", &CoreDetector::next)
      .def("wait_for_room", &CoreDetector::wait_for_room)
      .def("under_way", &CoreDetector::under_way)
      .def_prop_ro("capacity", [](const CoreDetector& core) { return core.open()->capacity(); })
      .def_prop_ro("warnings",
                   [](const CoreDetector& core) { return lines(core.open()->warnings()); })
      .def_prop_ro("devices",
                   [](const CoreDetector& core) { return lines(core.open()->devices()); })
      .def_prop_ro("decoders",
                   [](const CoreDetector& core) { return lines(core.open()->decoders()); })
      .def("report", [](const CoreDetector& core) { return dict_of(core.open()->report()); });
}

}  // namespace yolofleet::python

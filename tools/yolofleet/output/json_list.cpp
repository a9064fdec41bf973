#include "output/json_list.hpp"

#include <utility>

namespace yolofleet::command {

Result<void> JsonList::append(std::string_view items) {
  std::string text(file_.size() == 0 ? text_.begin : text_.between);
  text += items;
  return file_.append(text);
}

Result<std::string> JsonList::finish(Ending ending) {
  const bool any = file_.size() > 0;
  if (ending == Ending::kStopped && !any && !file_.partial().empty()) {
    return file_.keep_partial().map([] { return std::string(); });
  }
  if (auto appended = file_.append(any ? text_.end : text_.empty); !appended) {
    return tl::unexpected(std::move(appended.error()));
  }
  return ending == Ending::kStopped
             ? file_.keep_partial().map([this] { return file_.partial().string(); })
             : file_.commit().map([] { return std::string(); });
}

}  // namespace yolofleet::command

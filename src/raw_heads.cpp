#include "yolofleet/raw_heads.hpp"

#include <utility>

#include "backend/backends.hpp"
#include "backend/choose_devices.hpp"
#include "check_options.hpp"
#include "graph/network.hpp"

namespace yolofleet {

struct RawHeads::State {
  std::unique_ptr<backend::HeadRun> run;
  std::vector<RawHead> shapes;  // without values
};

namespace {

std::vector<RawHead> shapes_of(const graph::Network& network) {
  std::vector<RawHead> shapes;
  for (const std::size_t layer : network.heads()) {
    const graph::Shape shape = network.layers()[layer].input;
    shapes.push_back({static_cast<int>(layer), shape.channels, shape.height, shape.width, {}});
  }
  return shapes;
}

}  // namespace

RawHeads::RawHeads(std::unique_ptr<State> state) : state_(std::move(state)) {}
RawHeads::RawHeads(RawHeads&&) noexcept = default;
RawHeads& RawHeads::operator=(RawHeads&&) noexcept = default;
RawHeads::~RawHeads() = default;

Result<RawHeads> RawHeads::open(const Model& model, const Options& options) {
  if (auto checked = check(model, options); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  const auto device = choose_one_device(options, backend::list_all_devices());
  if (!device) {
    return tl::unexpected(device.error());
  }
  auto run = (*device)->open_heads({model.network(), options});
  if (!run) {
    return tl::unexpected(std::move(run).error());
  }
  return RawHeads{std::make_unique<State>(State{*std::move(run), shapes_of(model.network())})};
}

Result<std::vector<RawHead>> RawHeads::run(const ImageView& picture) {
  if (auto checked = check(picture); !checked) {
    return tl::unexpected(std::move(checked).error());
  }
  auto values = state_->run->run(picture);
  if (!values) {
    return tl::unexpected(std::move(values).error());
  }
  std::vector<RawHead> heads = state_->shapes;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    heads[i].values = std::move((*values)[i]);
  }
  return heads;
}

const std::string& RawHeads::device() const noexcept {
  return state_->run->description();
}

}  // namespace yolofleet

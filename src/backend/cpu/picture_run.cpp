#include "backend/cpu/picture_run.hpp"

#include <cstddef>
#include <exception>
#include <new>
#include <utility>
#include <variant>

#include "backend/fit.hpp"

namespace yolofleet::backend::cpu {

PictureRun::PictureRun(const graph::Network& network, const CpuLaneOptions& options)
    : input_(network.input()),
      fit_(fit_of(options.resize, network.letterbox())),
      thresholds_{options.confidence, options.nms},
      nms_{{}, options.nms, options.max_detections},
      decoding_{{options.max_pixels}, options.keep_pixels, options.decode_scale, input_, fit_} {
  for (const std::size_t index : network.heads()) {
    const graph::Layer& layer = network.layers()[index];
    if (const auto* head = std::get_if<graph::Head>(&layer.operation)) {
      heads_.push_back({*head, layer.input});
      nms_.rule = head->nms;  // Darknet suppresses by the last head's rule
    }
  }
}

Result<ops::NmsResult> PictureRun::detect(const PixelView& picture,
                                          const ops::Thresholds& thresholds, Request& request,
                                          CpuTimes& times) const {
  auto begin = CpuTimes::Clock::now();
  const ops::Placement placement = std::visit(
      [&](const auto& view) { return ops::resize(view, input_, fit_, request.input()); }, picture);
  const ShownSize size = shown_size(picture);
  begin = times.add(Stage::kResize, begin);
  if (auto done = request.infer(); !done) {
    return tl::unexpected(std::move(done).error());
  }
  begin = times.add(Stage::kNetwork, begin);
  std::vector<ops::Candidate> candidates;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    const auto& [head, shape] = heads_[i];
    ops::yolo_boxes(request.head(i), {&head, shape, input_}, thresholds.confidence, candidates);
  }
  for (ops::Candidate& candidate : candidates) {
    candidate.box = ops::to_picture(candidate.box, input_, placement, size.width, size.height);
  }
  ops::NmsOptions nms = nms_;
  nms.threshold = thresholds.nms;
  ops::NmsResult found = ops::nms(std::move(candidates), nms);
  times.add(Stage::kBoxes, begin);
  return found;
}

PictureResult PictureRun::operator()(Job& job, Request& request, CpuTimes& times) const noexcept {
  PictureResult result;
  result.index = job.ticket;
  try {
    result.device = "cpu";
    const auto begin = CpuTimes::Clock::now();
    const auto decoded = decode_in_place(job, decoding_);
    times.add(Stage::kDecode, begin);
    if (!decoded) {
      result.error = decoded.error();
      return result;
    }
    const PixelView pixels = pixels_of(job.picture);
    const ShownSize size = shown_size(pixels);
    result.width = size.width;
    result.height = size.height;
    const auto found = detect(pixels, job.thresholds.value_or(thresholds_), request, times);
    if (!found) {
      result.error = found.error();
      return result;
    }
    result.detections_cut = found->cut;
    for (const ops::Candidate& candidate : found->kept) {
      result.detections.push_back({ops::to_pixels(candidate.box, size.width, size.height),
                                   candidate.class_id, candidate.confidence});
    }
    if (auto* const image = std::get_if<Image>(&job.picture);
        decoding_.keep_pixels && image != nullptr) {
      result.pixels = std::move(*image);
    }
  } catch (const std::bad_alloc&) {
    result.error = Error{ErrorCode::kTooLarge, "out of memory"};  // short: takes no memory itself
  } catch (const std::exception& exception) {
    result.error = Error{ErrorCode::kInternal, exception.what()};
  }
  return result;
}

}  // namespace yolofleet::backend::cpu

using Backend.Torch.Device;
using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Native;

/// <summary>The tensor over the memory of a view. It is recreated only when the view changes: most views are the same in every step.</summary>
internal sealed class CachedTensor(TorchDevice device) : IDisposable
{
    private TensorView _view;
    private Tensor? _tensor;

    public Tensor Of(in TensorView view)
    {
        if (_tensor is not null && view.Address == _view.Address && view.Type == _view.Type && view.Shape.SequenceEqual(_view.Shape))
            return _tensor;

        _tensor?.Dispose();
        _tensor = null;
        _tensor = device.Tensor(view);
        _view = view;
        return _tensor;
    }

    public void Dispose()
    {
        _tensor?.Dispose();
        _tensor = null;
    }
}

using Spud;

namespace Backend.Onnx.Experts;

/// <summary>Scratch shared by routed layers.</summary>
internal sealed class RoutedScratch
{
    private readonly Workspace _workspace;
    private readonly int _hidden;
    private readonly long _bytes;

    public RoutedScratch(IBuildContext build, int maxExperts)
    {
        (_hidden, Groups) = (build.Model.HiddenWidth, new ExpertGroups(maxExperts, build.Limits.Rows));
        _bytes = (long)build.Limits.Rows * _hidden * sizeof(float);
        _workspace = build.Reserve(build.Host, 3 * _bytes);
    }

    /// <summary>The plan by expert.</summary>
    public ExpertGroups Groups { get; }

    /// <summary>F32 [T, C]: the sum of the experts' outputs.</summary>
    public TensorView Delta(int rows) => _workspace.View(ElementType.F32, rows, _hidden);

    /// <summary>F32 [n, C]: rows of one expert.</summary>
    public TensorView Gathered(int rows) => _workspace.ViewAt(_bytes, ElementType.F32, rows, _hidden);

    /// <summary>F32 [n, C]: the output of that expert.</summary>
    public TensorView Made(int rows) => _workspace.ViewAt(2 * _bytes, ElementType.F32, rows, _hidden);
}

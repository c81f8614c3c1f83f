using Spud.Composition;
using Terminal.Gui.Input;

namespace Spud.Host.Repl.Screen;

/// <summary>The pipeline as a tree: who does what, with which options, in how much memory. Enter on a value offers what it may be.</summary>
internal sealed class PipelinePage() : PanePage("Pipeline")
{
    private PipelineState? _pipeline;
    private string? _loading;

    /// <summary>A line is to be entered, such as "/set cache.format=q8_0".</summary>
    public event Action<string>? Entered;

    /// <summary>A line is to be typed on: the beginning of one.</summary>
    public event Action<string>? Typed;

    /// <summary>Shows a pipeline.</summary>
    public void Show(PipelineState? pipeline)
    {
        (_pipeline, _loading) = (pipeline, null);
        Renew();
    }

    /// <summary>Something takes a while; null: not any more.</summary>
    public void Busy(string? what)
    {
        _loading = what;
        Renew();
    }

    protected override IReadOnlyList<Line> Create(int columns) => [];



}

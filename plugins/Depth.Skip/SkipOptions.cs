namespace Depth.Skip;

/// <summary>Depth policy "skip" has no options: which layers it leaves out is said by the pipeline's own 'layers'.</summary>
internal sealed class SkipOptions;

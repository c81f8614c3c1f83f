using Spud;

namespace Reference;

/// <summary>Leaves out the layers that it is given: looks through the list.</summary>
internal sealed class ReferenceDepth(DepthBuild build, Fault fault) : IDepth
{
    private readonly Random _random = new();

    public bool LeavesOut(int layer) => fault switch
    {
        Fault.IsRandom => _random.Next(2) == 0,
        Fault.LeavesOutOthers => !IsNamed(layer),
        _ => IsNamed(layer),
    };

    public void Dispose()
    {
    }

    private bool IsNamed(int layer)
    {
        foreach (int named in build.Layers)
        {
            if (named == layer)
                return true;
        }

        return false;
    }
}

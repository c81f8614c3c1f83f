using System.Collections.Immutable;

namespace Spud.Configuration;

/// <summary>Collects the faults of a configuration, so that its author sees all of them at once.</summary>
internal sealed class FaultList
{
    /// <summary>Nobody would read more, and a malicious file must not use up memory with faults.</summary>
    public const int Most = 100;

    private readonly List<Fault> _faults = [];
    private int _left;

    /// <summary>Number of reported faults.</summary>
    public int Count => _faults.Count + _left;

    /// <summary>Whether further faults are only counted; a costly message need not be built.</summary>
    public bool IsFull => _faults.Count == Most;

    public void Add(Origin origin, string message)
    {
        if (IsFull)
            _left++;
        else
            _faults.Add(new Fault(origin, message));
    }

    public void AddRange(IEnumerable<Fault> faults)
    {
        foreach (Fault fault in faults)
            Add(fault.Origin, fault.Message);
    }

    /// <summary>The faults in reading order: by place in the file, then those from <c>--set</c>.</summary>
    public ImmutableArray<Fault> InOrder()
    {
        IEnumerable<Fault> faults = _faults
            .OrderBy(fault => fault.Origin.IsInFile ? fault.Origin.Line : int.MaxValue)
            .ThenBy(fault => fault.Origin.Column);
        if (_left > 0)
            faults = faults.Append(new Fault(new Origin(_faults[0].Origin.Source), $"and {_left} more faults."));
        return [.. faults];
    }

    /// <exception cref="ConfigurationException">There are faults.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0)
            throw new ConfigurationException(InOrder());
    }
}

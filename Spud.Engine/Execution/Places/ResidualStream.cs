namespace Spud.Execution;

/// <summary>
/// The residual stream of one step. It lies where somebody last added to it, and is copied to who reads it elsewhere: never twice to the
/// same place, and between two devices by way of the host.
/// </summary>
internal sealed class ResidualStream
{
    private readonly Place _host;
    private long _version;
    private int _rows;

    /// <param name="host">The host's place.</param>
    public ResidualStream(Place host) => _host = At = host;

    /// <summary>Where somebody last added to it.</summary>
    public Place At { get; private set; }

    /// <summary>A new step: the head writes here.</summary>
    public TensorView Begin(Place at, int rows)
    {
        _rows = rows;
        return Changed(at);
    }

    /// <summary>For who reads it and changes nothing: [T, C].</summary>
    public TensorView ReadAt(Place place)
    {
        if (place.Version == _version)
            return place.Hidden(_rows);

        Place from = place.IsHost || At.IsHost ? At : _host;
        Places.Copy(from == At ? At.Hidden(_rows) : ReadAt(_host), place.Hidden(_rows));
        if (place.IsHost)
            from.Domain.Wait();

        place.Version = _version;
        return place.Hidden(_rows);
    }

    /// <summary>For who reads it and adds to it: [T, C].</summary>
    public TensorView MoveTo(Place place)
    {
        ReadAt(place);
        return Changed(place);
    }

    private TensorView Changed(Place place)
    {
        At = place;
        place.Version = ++_version;
        return place.Hidden(_rows);
    }
}

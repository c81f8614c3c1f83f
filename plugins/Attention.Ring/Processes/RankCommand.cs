namespace Attention.Ring.Processes;

/// <summary>What rank 0 wants of another rank. A message is its number, whether it wants a reply, and commands up to <see cref="None"/>.</summary>
internal enum RankCommand
{
    /// <summary>The message ends.</summary>
    None,

    /// <summary>The program ends: no more messages come.</summary>
    End,

    /// <summary>Bytes; replied with the address.</summary>
    Allocate,

    /// <summary>Address and bytes.</summary>
    Free,

    /// <summary>Place of the destination, type of the source, and the source.</summary>
    CopyIn,

    /// <summary>Place of the source; replied with its content.</summary>
    CopyOut,

    /// <summary>Places of source and destination.</summary>
    CopyWithin,

    /// <summary>Places of key and value, slots, and places of the pool's keys and values.</summary>
    Append,

    /// <summary>A step and the pages of a pool; replied with the state.</summary>
    Fold,

    /// <summary>Likewise, and a state; replied with the masses.</summary>
    AddKeyMass,

    /// <summary>Nothing; replied when everything before has been done.</summary>
    Wait,
}

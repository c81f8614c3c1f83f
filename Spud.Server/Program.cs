using System.Globalization;
using Spud.Server;
using Spud.Server.Models;

// Numbers have the same format everywhere, even if the runtime is told to use the user's culture.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

// Not by returning: the process would wait for threads started by a plugin.
Environment.Exit(ProbeChild.RunIfAsked(args) ?? await ServerRun.RunAsync(args));

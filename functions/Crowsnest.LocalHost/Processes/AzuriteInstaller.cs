using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Crowsnest.LocalHost.Processes;

/// <summary>Gets Azurite from npm into an ignored folder, once for each version of the lock file.</summary>
internal static class AzuriteInstaller
{
    private const string NoNode =
        "Node.js was not found. The local storage (Azurite) needs Node.js 20 or later with npm: install it from "
        + "https://nodejs.org and run again, or set AzureWebJobsStorage to a storage connection string.";

    // It takes under a minute on a slow line.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Installs Azurite unless it is there.</summary>
    /// <returns>The folder to start it in.</returns>
    /// <exception cref="LocalHostException">Node.js or npm is missing, or npm failed.</exception>
    internal static async Task<string> EnsureAsync(string toolsFolder, Action<string> say, CancellationToken cancellationToken)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "azurite");
        byte[] locked = await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"), cancellationToken);
        string folder = Path.Combine(toolsFolder, "azurite-" + Convert.ToHexStringLower(SHA256.HashData(locked).AsSpan(0, 6)));
        await CheckNodeAsync(cancellationToken);
        Directory.CreateDirectory(toolsFolder);
        using FileStream gate = await TakeGateAsync(Path.Combine(toolsFolder, "install.lock"), cancellationToken);
        if (!Directory.Exists(folder))
        {
            say("Installing Azurite from npm (once)");
            await InstallPatientlyAsync(source, folder, cancellationToken);
        }

        File.Copy(Path.Combine(source, "start.js"), Path.Combine(folder, "start.js"), overwrite: true);
        return folder;
    }

    private static async Task InstallPatientlyAsync(string source, string folder, CancellationToken cancellationToken)
    {
        // A registry that hangs is tried once more, with patience.
        try
        {
            await InstallWithinAsync(source, folder, Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            try
            {
                await InstallWithinAsync(source, folder, 2 * Patience, cancellationToken);
            }
            catch (TimeoutException late)
            {
                throw new LocalHostException(
                    "npm did not finish installing Azurite: its registry does not answer. Try again later, or set AzureWebJobsStorage "
                    + "to a storage connection string.",
                    late);
            }
        }
    }

    private static async Task InstallWithinAsync(string source, string folder, TimeSpan patience, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(patience);
        try
        {
            await InstallAsync(source, folder, late.Token);
        }
        catch (OperationCanceledException cut) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("npm took too long", cut);
        }
    }

    private static async Task InstallAsync(string source, string folder, CancellationToken cancellationToken)
    {
        // Beside its final place, and moved there when whole: an install that was interrupted is never taken for one.
        string unfinished = folder + ".unfinished";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directory.CreateDirectory(unfinished);
        foreach (string file in new[] { "package.json", "package-lock.json" })
        {
            File.Copy(Path.Combine(source, file), Path.Combine(unfinished, file));
        }

        (int code, string output) = await RunAsync(
            OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
            ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
            unfinished,
            cancellationToken);
        if (code != 0)
        {
            throw new LocalHostException($"npm could not install Azurite (exit code {code}):\n{output}");
        }

        Directory.Move(unfinished, folder);
    }

    private static async Task CheckNodeAsync(CancellationToken cancellationToken)
    {
        (int code, string output) = await RunAsync("node", ["--version"], ".", cancellationToken);
        string major = output.Trim().TrimStart('v').Split('.')[0];
        if (code != 0 || !int.TryParse(major, System.Globalization.CultureInfo.InvariantCulture, out int version))
        {
            throw new LocalHostException(NoNode);
        }

        if (version < 20)
        {
            throw new LocalHostException($"Node.js {output.Trim()} is too old: Azurite needs 20 or later (https://nodejs.org)");
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(
        string fileName,
        string[] arguments,
        string folder,
        CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(fileName, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                await process.WaitForExitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return (process.ExitCode, await output + await errors);
        }
        catch (Win32Exception missing)
        {
            throw new LocalHostException(NoNode, missing);
        }
    }

    private static async Task<FileStream> TakeGateAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                // Another run is installing.
                await Task.Delay(200, cancellationToken);
            }
        }
    }
}

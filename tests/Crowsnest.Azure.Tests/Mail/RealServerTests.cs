using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Crowsnest.Azure.Channels;
using Crowsnest.Azure.Mail;
using Crowsnest.Core.Alerting;
using Crowsnest.Testing;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Crowsnest.Azure.Tests.Mail;

/// <summary>
/// Against a mail server that others wrote: aiosmtpd with STARTTLS and AUTH (Debian: python3-aiosmtpd). Skipped where it is
/// not installed.
/// </summary>
public sealed class RealServerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-smtp-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("open sesame", true, DeliveryOutcome.Accepted)]
    [InlineData("wrong", true, DeliveryOutcome.Temporary)]
    [InlineData("open sesame", false, DeliveryOutcome.Temporary)]
    public async Task Send_StartTlsAndAuth_ArrivesOnlyWithPasswordAndTrust(string password, bool isTrusted, DeliveryOutcome expected)
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string? python = await PythonAsync(cancellationToken);
        Assert.SkipWhen(python is null, "python3-aiosmtpd is not installed");
        string certificate = MakeCertificate("server");
        string other = MakeCertificate("other");
        using Process server = Start(
            python!, RepositoryFiles.Fixture("smtp/server.py"), certificate, Path.ChangeExtension(certificate, ".key"), _folder);
        try
        {
            int port = int.Parse((await server.StandardOutput.ReadLineAsync(cancellationToken))!, CultureInfo.InvariantCulture);
            MailOptions options = new()
            {
                Host = "127.0.0.1",
                Port = port,
                Username = "crowsnest",
                Password = password,
                CertificateAuthority = isTrusted ? certificate : other,
                To = "a@example.org, b@example.org",
            };

            Delivery delivery = await new SmtpTransport(Options.Create(options), TimeProvider.System)
                .SendAsync(AlertMail.Of(SampleIncident.Alert(revision: 2)), cancellationToken);

            Assert.Equal(expected, delivery.Outcome);
            string[] received = Directory.GetFiles(_folder, "*.eml");
            if (expected != DeliveryOutcome.Accepted)
            {
                Assert.Empty(received);
                return;
            }

            using MimeMessage mail = await MimeMessage.LoadAsync(Assert.Single(received), cancellationToken);
            Assert.Equal("tls crowsnest ['a@example.org', 'b@example.org']", mail.Headers["X-Test"]);
            Assert.Equal(AlertMail.Of(SampleIncident.Alert(revision: 2)).Html, mail.HtmlBody!.ReplaceLineEndings("\n"));
            Assert.Equal(AlertMail.Of(SampleIncident.Alert(revision: 2)).Text, mail.TextBody!.ReplaceLineEndings("\n"));
            Assert.Equal(SampleIncident.Alert().MessageId, mail.InReplyTo);
        }
        finally
        {
            server.StandardInput.Close();
            server.Kill();
            await server.WaitForExitAsync(cancellationToken);
        }
    }

    // Debian's python3 knows Debian's packages; another one in front of it may not.
    private static async Task<string?> PythonAsync(CancellationToken cancellationToken)
    {
        foreach (string python in new[] { "python3", "/usr/bin/python3" })
        {
            try
            {
                using Process probe = Start(python, "-c", "import aiosmtpd");
                await probe.WaitForExitAsync(cancellationToken);
                if (probe.ExitCode == 0)
                {
                    return python;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is none of that name.
            }
        }

        return null;
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private string MakeCertificate(string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        string path = Path.Combine(_folder, name + ".crt");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, name + ".key"), key.ExportPkcs8PrivateKeyPem());
        return path;
    }
}

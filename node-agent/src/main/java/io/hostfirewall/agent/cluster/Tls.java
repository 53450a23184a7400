package io.hostfirewall.agent.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Connections to one server only: the one that has a certificate of these authorities. */
final class Tls {

  private static final char[] NO_PASSWORD = {};

  private Tls() {}

  /**
   * @param authorities certificates in PEM
   */
  static SSLContext trusting(String authorities) throws GeneralSecurityException, IOException {
    return context(trust(authorities), null);
  }

  /**
   * The same as somebody who has a certificate.
   *
   * @param authorities in PEM; null for those that Java knows
   * @param certificate of the client and of those who vouch for it, in PEM
   * @param key of the client, in PEM
   */
  static SSLContext trusting(@Nullable String authorities, String certificate, String key)
      throws GeneralSecurityException, IOException {
    var chain = certificates(certificate).toArray(Certificate[]::new);
    var store = emptyStore();
    store.setKeyEntry("client", PrivateKeys.read(key), NO_PASSWORD, chain);
    return context(authorities == null ? null : trust(authorities), store);
  }

  private static SSLContext context(TrustManager @Nullable [] trust, @Nullable KeyStore client)
      throws GeneralSecurityException {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(client, NO_PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(client == null ? null : keys.getKeyManagers(), trust, null);
    return context;
  }

  private static TrustManager[] trust(String authorities)
      throws GeneralSecurityException, IOException {
    var store = emptyStore();
    for (var authority : certificates(authorities)) {
      store.setCertificateEntry("authority-" + store.size(), authority);
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private static Collection<? extends Certificate> certificates(String pem)
      throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }
}
